package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Scripted reports whether the page's scripts run.
func (tab *Tab) Scripted() bool { return !tab.noScript }

// Finding is one rule that a page breaks, and where.
type Finding struct {
	Rule   string   `json:"rule"`
	Impact string   `json:"impact"`
	Help   string   `json:"help"`
	Nodes  []string `json:"nodes"`
}

func (f Finding) String() string {
	return fmt.Sprintf("%s (%s): %s\n\t%s", f.Rule, f.Impact, f.Help, strings.Join(f.Nodes, "\n\t"))
}

// Axe fails the test for everything axe-core finds wrong by WCAG 2.0 to 2.2, level A and AA, and its best
// practices. What it cannot decide is logged.
func (tab *Tab) Axe() {
	tab.t.Helper()
	source, err := axeSource()
	if err != nil {
		tab.t.Fatal(err)
	}
	if tab.noScript {
		tab.run("let axe run", emulation.SetScriptExecutionDisabled(false)) // the page's own scripts had their chance
		defer tab.run("scripts off again", emulation.SetScriptExecutionDisabled(true))
	}
	var result struct{ Violations, Incomplete []Finding }
	var raw json.RawMessage
	tab.run("axe", chromedp.Evaluate(source+";0", nil), chromedp.Evaluate(axeRun, &raw, await))
	if err := json.Unmarshal(raw, &result); err != nil {
		tab.t.Fatal(err)
	}
	for _, f := range result.Violations {
		tab.t.Errorf("axe on %s: %s", tab.URL(), f)
	}
	for _, f := range result.Incomplete {
		tab.t.Logf("axe can't tell on %s: %s", tab.URL(), f)
	}
}

const axeRun = `axe.run(document, {
	runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	resultTypes: ["violations", "incomplete"],
}).then(r => {
	const short = list => list.map(v => ({
		rule: v.id, impact: v.impact || "", help: v.help,
		nodes: v.nodes.slice(0, 8).map(n => n.html.slice(0, 200) + "  " + (n.any.concat(n.all, n.none)[0]?.message || "")),
	}));
	return {violations: short(r.violations), incomplete: short(r.incomplete)};
})`

func await(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// axeSource reads axe-core from its folder: its license (MPL-2.0) asks us not to mix it into our program.
var axeSource = sync.OnceValues(func() (string, error) {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	source, err := os.ReadFile(filepath.Join(dir, "internal/browser/axe/node_modules/axe-core/axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("axe-core isn't installed: run `make tools` (%w)", err)
	}
	return string(source), nil
})

// Fits fails the test when the page scrolls sideways at any of these widths.
func (tab *Tab) Fits(widths ...int) {
	tab.t.Helper()
	for _, w := range widths {
		tab.Width(w)
		var wide []string
		tab.Eval(fmt.Sprintf("(%s)(%d)", overflowing, w), &wide)
		if len(wide) > 0 {
			tab.t.Errorf("%s scrolls sideways at %d pixels because of\n\t%s", tab.URL(), w, strings.Join(wide, "\n\t"))
		}
	}
}

// A phone widens its layout to what overflows, so the width to compare with is the one asked for.
const overflowing = `width => {
	if (document.documentElement.scrollWidth <= width) return [];
	const out = [...document.body.querySelectorAll("*")].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > width + 1);
	return out.slice(0, 8).map(e => e.outerHTML.slice(0, 120)).concat(out.length ? [] : ["an element that can't be told"]);
}`

// FocusVisible goes through the page by Tab and fails the test for each stop a person could not see.
func (tab *Tab) FocusVisible() {
	tab.t.Helper()
	tab.Eval(`document.activeElement.blur(), document.querySelectorAll("[data-stop]").forEach(e => e.removeAttribute("data-stop"))`, nil)
	for range 500 {
		tab.run("press Tab", chromedp.KeyEvent(keys["Tab"]))
		var stop struct {
			Where string
			Done  bool
			Seen  bool
		}
		tab.Eval(focus, &stop)
		if stop.Done {
			return
		}
		if !stop.Seen {
			tab.t.Errorf("%s: focus can't be seen on %s", tab.URL(), stop.Where)
		}
	}
	tab.t.Error("Tab never comes to the end of the page")
}

// A radio drawn by its label shows its focus there.
const focus = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body || e.hasAttribute("data-stop")) return {done: true};
	e.setAttribute("data-stop", "");
	const drawn = e => {
		const s = getComputedStyle(e), b = e.getBoundingClientRect();
		return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && b.width > 1 && b.height > 1 && b.right > 0 && b.bottom > 0;
	};
	const label = e.labels && e.labels[0];
	const opaque = getComputedStyle(e).opacity !== "0";
	return {where: e.outerHTML.slice(0, 120), seen: opaque && drawn(e) || !!label && drawn(label)};
})()`
