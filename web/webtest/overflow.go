package webtest

import "github.com/chromedp/chromedp"

// Overflow returns the elements that stick out of the page to the right, as "tag.class text", without
// those inside an element that scrolls by itself. Empty means that the page has no sideways scrolling.
func Overflow() chromedp.Action[[]string] {
	return chromedp.Evaluate[[]string](`(() => {
		const width = document.documentElement.clientWidth, out = [];
		if (document.documentElement.scrollWidth <= width) return out;
		for (const e of document.body.querySelectorAll('*')) {
			if (e.getBoundingClientRect().right <= width + .5) continue;
			let scrolls = false;
			for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
				if (getComputedStyle(p).overflowX !== 'visible') scrolls = true;
			if (!scrolls) out.push(e.tagName.toLowerCase() + '.' + (e.getAttribute('class') || '') + ' ' + e.textContent.trim().slice(0, 30));
		}
		return out.length ? out : ['the page itself'];
	})()`)
}
