"""A browser's long name for itself becomes the two words that its owner knows it by."""

from station.languages import gettext as _

# In this order: most browsers also call themselves by the names that come after theirs.
BROWSERS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("Opera Mini", "Opera Mini"), ("UCBrowser", "UC")),
    *(("SamsungBrowser", "Samsung"), ("Firefox", "Firefox"), ("FxiOS", "Firefox")),
    *(("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
DEVICES = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("KAIOS", "KaiOS")),
    *(("Windows", "Windows"), ("CrOS", "Chromebook"), ("Macintosh", "Mac"), ("Linux", "Linux")),
)


def in_words(user_agent: str) -> str:
    """A browser and its device: Chrome, Android; what is not known is called so."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    device = next((name for mark, name in DEVICES if mark in user_agent), "")
    return ", ".join(filter(None, (browser, device))) or _("a browser that we do not know")
