package review

import (
	"context"
	"encoding/json"

	"parley/internal/domain/account"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// keysPage is where a reviewer turns keys on and off, and chooses others.
type keysPage struct {
	keys   review.Keys
	faults map[string]words.Text
	errors []ui.FieldError
	key    string
}

func openKeys(ctx context.Context, r *web.Request) (*keysPage, error) {
	if err := r.By.Must(account.ReviewOrders); err != nil {
		return nil, err
	}
	k, err := review.KeysOf(ctx, r.Tx, r.By)
	return &keysPage{keys: k, key: r.Key(), faults: map[string]words.Text{}}, err
}

func (p *keysPage) page() web.Answer {
	return web.Answer{Title: "Keyboard shortcuts", Body: keysView(p), Errors: p.errors, Crumbs: []ui.Link{{Text: "Queue", Href: "/review"}, {Text: "Keyboard shortcuts"}}}
}

func showKeys(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openKeys(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.page(), nil
}

// saveKeys keeps what was chosen. The offer on the queue sends on or off alone.
func saveKeys(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openKeys(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.keys.On = r.Value("on") == "yes"
	for _, a := range review.KeyActions {
		if r.Form.Has(a.ID) {
			p.keys.Of[a.ID] = r.Value(a.ID)
		}
	}
	if err := review.SaveKeys(ctx, r.Tx, r.By, p.keys.On, p.keys.Of); err != nil {
		f := fault.Of(err)
		if f.Kind != fault.Invalid {
			return web.Answer{}, err
		}
		p.faults, p.errors = f.Fields, web.Errors(err)
		return p.page(), err
	}
	if r.Value("offered") != "" {
		return web.Answer{SeeOther: "/review"}, nil
	}
	return web.Answer{SeeOther: "/review/keys"}, nil
}

// A keymap is a line of what the script is told of keys.
type keymap struct {
	ID    string `json:"id"`
	Key   string `json:"key"`
	Words string `json:"words"`
}

// keysText is what the script is told; "" while keys are off.
func keysText(k review.Keys) string {
	if !k.On {
		return ""
	}
	var all []keymap
	for _, a := range review.KeyActions {
		all = append(all, keymap{a.ID, k.Of[a.ID], a.Words})
	}
	text, err := json.Marshal(all)
	if err != nil {
		return ""
	}
	return string(text)
}
