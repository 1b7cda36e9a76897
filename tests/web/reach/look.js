// What a person who can't see the page, reads with large letters or has a thumb would miss.
const every = (selector) => [...document.querySelectorAll(selector)];
const shown = (one) => one.offsetHeight > 0;
const start = (one) => one.outerHTML.slice(0, 160);

window.reach = {
  // What is folded away is looked at too.
  unfold: () => every("details").forEach((one) => { one.open = true; }),

  large: () => { document.documentElement.style.fontSize = "200%"; },

  // Axe leaves the size of what is tapped out (WCAG 2.2, 2.5.8) unless it is asked.
  broken: async (only) => {
    const asked = only ? { runOnly: only } : { rules: { "target-size": { enabled: true } } };
    const found = await axe.run(document, { ...asked, resultTypes: ["violations"] });
    return found.violations.map(({ id, nodes }) => [id, ...nodes.map((one) => one.html)].join(" "));
  },

  // Axe is silent where a background has a gradient, as ours has: too near (WCAG 2.2, 1.4.3).
  faint: () => {
    const light = ([r, g, b]) => {
      const one = (c) => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
      return .2126 * one(r) + .7152 * one(g) + .0722 * one(b);
    };
    const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
    const behind = (one) => {
      for (; one; one = one.parentElement) {
        const found = parts(getComputedStyle(one).backgroundColor);
        if (found.length < 4 || found[3] > 0) return found;
      }
    };
    const large = ({ fontSize, fontWeight }) =>
      parseFloat(fontSize) >= (fontWeight >= 700 ? 18.67 : 24);
    const written = (one) => shown(one)
      && [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim());
    return every("body *").filter(written).filter((one) => {
      const style = getComputedStyle(one);
      const [dim, bright] = [parts(style.color), behind(one)].map(light).sort((a, b) => a - b);
      return (bright + .05) / (dim + .05) < (large(style) ? 3 : 4.5);
    }).map(start);
  },

  // What a thumb presses to send, choose or unfold, and is lower than a thumb (44 px).
  low: () => every("button.wide, button.loud, summary, select, input:not(.tick input)")
    .filter((one) => shown(one) && one.offsetHeight < 44).map(start),

  // What sticks out of a page that can be pushed sideways.
  outside: () => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const out = (one) => one.getBoundingClientRect().right > clientWidth + 1;
    return every("main *, header *, footer *")
      .filter((one) => shown(one) && !one.closest(".scroll") && out(one) && ![...one.children].some(out))
      .map(start);
  },
};
