package portal

import (
	"context"
	"slices"

	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/httpd"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// readFiles reads what the speaker has sent about the orders of the call.
func (p *speakPage) readFiles(ctx context.Context, r *web.Request) error {
	p.rules = p.card.Standing.Program.Files
	for _, o := range p.card.Orders {
		some, err := attachment.AddedBy(ctx, r.Tx, string(o.ID), p.g.By.ID)
		if err != nil {
			return err
		}
		p.sent = append(p.sent, some...)
	}
	return nil
}

// speakerMaySend lets through a speaker who entered a code.
func speakerMaySend(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDoor(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	in, err := peer.CameIn(ctx, r.Tx, p.g, r.Brief("speaker"))
	if err != nil || !in {
		return web.Answer{SeeOther: p.path("")}, err
	}
	o, err := order.OfEvent(ctx, r.Tx, p.g.OrderID)
	if err != nil {
		return web.Answer{}, err
	}
	folder, err := request.FolderOf(ctx, r.Tx, o)
	r.Carry = &incoming{in: folder}
	return web.Answer{}, err
}

// speakerKeeps adds what the speaker sent to the order that it is about.
func speakerKeeps(ctx context.Context, r *web.Request, p *speakPage) (web.Answer, error) {
	o := p.card.Orders[0]
	if i := slices.IndexFunc(p.card.Orders, func(o order.Order) bool { return o.Number == r.Value("order") }); i >= 0 {
		o = p.card.Orders[i]
	}
	wrong, err := r.Carry.(*incoming).arrive(ctx, r, func(n attachment.New, f came) error {
		return peer.TakeFile(ctx, r.Tx, p.g.By, p.g.Call, o, n, f.ref)
	})
	if err != nil {
		return web.Answer{}, err
	}
	if len(wrong) == 0 {
		return web.Answer{SeeOther: p.path("/call#files-sent")}, nil
	}
	p.sent = nil
	if err := p.readFiles(ctx, r); err != nil {
		return web.Answer{}, err
	}
	text := words.Join(wrong, ". ")
	p.faults, p.errors = map[string]words.Text{"files": text}, []ui.FieldError{{Field: "files", Text: text}}
	a := p.show("Your peer-to-peer call", spokenView(p))
	a.Status = httpd.Status[fault.Invalid] // and no error: what could be taken is kept
	return a, nil
}

// orderChoice is which order of several a file is about.
func (p *speakPage) orderChoice() ui.Group {
	g := ui.Group{Name: "order", Legend: "Which order is it about?", Small: true}
	for i, o := range p.card.Orders {
		what, who := p.about(o)
		g.Options = append(g.Options, ui.Option{Value: o.Number, Label: who, Hint: what, Checked: i == 0})
	}
	return g
}
