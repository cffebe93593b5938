package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Width makes the window this wide; below 600 pixels it is a phone.
func (tab *Tab) Width(pixels int) {
	tab.t.Helper()
	tab.run("resize", emulation.SetDeviceMetricsOverride(int64(pixels), 900, 1, pixels < 600))
}

// Scheme makes the system prefer "light" or "dark" colors from now on, and no motion: a color that is on its
// way to another has a contrast nobody designed.
func (tab *Tab) Scheme(name string) {
	tab.t.Helper()
	tab.run("prefer "+name+" colors", emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}}))
}

// Back goes to the page before, as the browser's button does.
func (tab *Tab) Back() {
	tab.t.Helper()
	tab.run("go back", chromedp.NavigateBack())
	tab.settle()
}

// Visit opens url and waits until it is loaded.
func (tab *Tab) Visit(url string) {
	tab.t.Helper()
	tab.run("visit "+url, chromedp.Navigate(url))
	tab.settle()
}

// Click clicks what can be seen and is selected by a CSS selector, or is a link, button, label, tab or
// summary with exactly this text; then it waits for the page that may follow.
func (tab *Tab) Click(target string) {
	tab.t.Helper()
	var found string
	for try := 0; ; try++ { // a page may be putting a part of itself in at this moment
		tab.Eval(fmt.Sprintf(`(%s)(%q)`, find, target), &found)
		if found != "" {
			break
		}
		if try == 20 {
			tab.t.Fatalf("nothing to click that is %q on %s", target, tab.URL())
		}
		time.Sleep(100 * time.Millisecond)
	}
	tab.run("click "+target, chromedp.Click(found, chromedp.ByQuery))
	tab.settle()
}

// find marks the element that Click means and answers a selector for it.
const find = `target => {
	const seen = e => e.checkVisibility({visibilityProperty: true});
	const words = e => (e.innerText || e.value || "").trim().replace(/\s+/g, " ");
	const clickable = [...document.querySelectorAll("a, button, summary, label, input[type=submit], [role=tab]")];
	let hit = clickable.find(e => seen(e) && words(e) === target);
	if (!hit) try { hit = [...document.querySelectorAll(target)].find(seen); } catch {}
	if (!hit) return "";
	document.querySelectorAll("[data-click]").forEach(e => e.removeAttribute("data-click"));
	hit.setAttribute("data-click", "");
	return "[data-click]";
}`

// Type replaces what is in a field by text, key by key.
func (tab *Tab) Type(selector, text string) {
	tab.t.Helper()
	tab.must(selector)
	tab.Eval(fmt.Sprintf(`(e => { e.focus(); e.value = ""; })(document.querySelector(%q))`, selector), nil)
	tab.run("type into "+selector, chromedp.SendKeys(selector, text, chromedp.ByQuery))
}

// Choose picks an option of a select by its value.
func (tab *Tab) Choose(selector, value string) {
	tab.t.Helper()
	tab.must(selector)
	tab.run("choose "+value, chromedp.SetValue(selector, value, chromedp.ByQuery))
}

// Upload puts files into a file field.
func (tab *Tab) Upload(selector string, files ...string) {
	tab.t.Helper()
	tab.must(selector)
	tab.run("upload", chromedp.SetUploadFiles(selector, files, chromedp.ByQuery))
}

var keys = map[string]string{
	"Tab": kb.Tab, "Enter": kb.Enter, "Escape": kb.Escape, "Space": " ", "Home": kb.Home, "End": kb.End,
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"Backspace": kb.Backspace, "Delete": kb.Delete, "PageUp": kb.PageUp, "PageDown": kb.PageDown,
}

// Press presses keys one after the other: names such as Tab, Enter, Space, ArrowLeft, or single letters.
func (tab *Tab) Press(names ...string) {
	tab.t.Helper()
	for _, name := range names {
		key, ok := keys[name]
		if !ok {
			key = name
		}
		tab.run("press "+name, chromedp.KeyEvent(key))
	}
	tab.settle()
}

// Text is what a person reads in the first element selected: "main", "h1".
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	tab.must(selector)
	var text string
	tab.Eval(fmt.Sprintf(`document.querySelector(%q)?.innerText || ""`, selector), &text)
	return strings.TrimSpace(text)
}

// Value is what a field holds.
func (tab *Tab) Value(selector string) string {
	tab.t.Helper()
	tab.must(selector)
	var value string
	tab.Eval(fmt.Sprintf(`document.querySelector(%q).value`, selector), &value)
	return value
}

// Attribute is an attribute of the first element selected, "" when it has none.
func (tab *Tab) Attribute(selector, name string) string {
	tab.t.Helper()
	tab.must(selector)
	var value string
	tab.Eval(fmt.Sprintf(`document.querySelector(%q).getAttribute(%q) || ""`, selector, name), &value)
	return value
}

// Has tells whether the page has such an element, and it can be seen.
func (tab *Tab) Has(selector string) bool {
	tab.t.Helper()
	var has bool
	tab.Eval(fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.checkVisibility({visibilityProperty: true}))`, selector), &has)
	return has
}

// Focused is the id of the element that has the focus, or its name, or its tag in small letters.
func (tab *Tab) Focused() string {
	tab.t.Helper()
	var id string
	tab.Eval(`(e => e.id || e.name || e.localName)(document.activeElement)`, &id)
	return id
}

// Title is the page's title.
func (tab *Tab) Title() string {
	tab.t.Helper()
	var title string
	tab.Eval(`document.title`, &title)
	return title
}

// URL is where the tab is.
func (tab *Tab) URL() string {
	tab.t.Helper()
	var url string
	tab.Eval(`location.href`, &url)
	return url
}

// Eval runs an expression in the page; result, when not nil, takes its value as from JSON.
func (tab *Tab) Eval(expression string, result any) {
	tab.t.Helper()
	var raw json.RawMessage
	tab.run("evaluate", chromedp.Evaluate(expression, &raw))
	if result == nil {
		return
	}
	if err := json.Unmarshal(raw, result); err != nil {
		tab.t.Fatalf("evaluate %s: %v", expression, err)
	}
}

// Screenshot writes a picture of the whole page, as PNG.
func (tab *Tab) Screenshot(path string) {
	tab.t.Helper()
	var png []byte
	tab.run("screenshot", chromedp.FullScreenshot(&png, 100))
	tab.keep(path, png)
}

// Snapshot writes a picture of a page's first pixels from the top, as PNG.
func (tab *Tab) Snapshot(path string, width, height int) {
	tab.t.Helper()
	var png []byte
	tab.run("snapshot", emulation.SetDeviceMetricsOverride(int64(width), int64(height), 1, false), chromedp.CaptureScreenshot(&png))
	tab.keep(path, png)
}

func (tab *Tab) keep(path string, png []byte) {
	tab.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tab.t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		tab.t.Fatal(err)
	}
}

// must waits a moment for an element: a page that loads itself anew has none
// for that long.
func (tab *Tab) must(selector string) {
	tab.t.Helper()
	for until := time.Now().Add(underway); ; time.Sleep(20 * time.Millisecond) {
		var n int
		tab.Eval(fmt.Sprintf(`document.querySelectorAll(%q).length`, selector), &n)
		if n > 0 {
			return
		}
		if time.Now().After(until) {
			tab.t.Fatalf("there is no %s on %s", selector, tab.URL())
		}
	}
}
