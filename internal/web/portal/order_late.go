package portal

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/httpd"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// latePage is where an office sets right what came of its files after a
// request was sent: a password that was missing, or a file that wasn't taken.
type latePage struct {
	o      order.Order
	in     attachment.Folder
	late   []attachment.Upload
	closed words.Text // why none are added here, and what to do instead; "" if they are
	faults map[string]words.Text
	errors []ui.FieldError
	key    string
}

func (p *Pages) registerLate(s *web.Server) {
	s.Handle("GET /orders/{order}/files", web.Senders, askLate)
	s.HandleSlow("POST /orders/{order}/files", web.Senders, web.Slow{May: mayTakeLate, Do: p.takeFiles, Then: keepLate, Undo: p.dropFiles})
	s.HandleSlow("POST /orders/{order}/files/{upload}/password", web.Senders, web.Slow{May: mayOpenLate, Do: p.openWithPassword, Then: keepOpened, Undo: p.dropCopy})
}

// openLate reads the files of an order that are not part of it. Only who sends
// requests for its office may change them.
func openLate(ctx context.Context, r *web.Request) (*latePage, error) {
	o, err := order.Find(ctx, r.Tx, r.By, "number = ", order.Digits(r.PathValue("order")))
	if err != nil {
		return nil, err
	}
	if !r.By.ActsFor(o.OrganizationID) || !r.By.Can(account.ReadClinical) || o.Status == order.Withdrawn {
		return nil, fault.New(fault.NotFound, "We can't find that order.")
	}
	p := &latePage{o: o, key: r.Key(), faults: map[string]words.Text{}}
	if p.in, err = request.FolderOf(ctx, r.Tx, o); err != nil {
		return nil, err
	}
	if p.late, err = attachment.Late(ctx, r.Tx, string(o.ID)); err != nil {
		return nil, err
	}
	p.closed, err = plan.Instead(ctx, r.Tx, r.By, plan.FilesFeature, o.Place())
	return p, err
}

func (p *latePage) path(parts ...string) string {
	return "/orders/" + p.o.Number + strings.Join(parts, "")
}

func (p *latePage) show() web.Answer {
	name := "Order " + order.Spaced(p.o.Number)
	return web.Answer{Title: "Files that aren’t part of the order", Body: lateFilesView(p), Errors: p.errors,
		Crumbs: []ui.Link{{Text: "Orders", Href: "/orders"}, {Text: words.AsIs(name), Href: p.path()}, {Text: "Files"}}}
}

func askLate(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLate(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), order.Read(ctx, r.Tx, r.By, p.o, "order.files_read")
}

// wrong shows the page again, with what is wrong at a field.
func (p *latePage) wrong(field string, text words.Text) web.Answer {
	p.faults[field] = text
	p.errors = []ui.FieldError{{Field: field, Text: text}}
	a := p.show()
	a.Status = httpd.Status[fault.Invalid]
	return a
}

func mayTakeLate(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLate(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	r.Carry = &incoming{in: p.in}
	return web.Answer{}, nil
}

// keepLate adds what came to the order, in the place of what it is for.
func keepLate(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLate(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	unasked, err := p.unasked(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	c := r.Carry.(*incoming)
	wrong, err := c.arrive(ctx, r, func(n attachment.New, f came) error {
		if unasked {
			_, err := request.AddFile(ctx, r.Tx, r.By, p.o, p.in, n, f.ref)
			return err
		}
		_, err := attachment.Arrive(ctx, r.Tx, r.By, p.in, string(p.o.ID), n, f.ref)
		return err
	})
	if err != nil {
		return web.Answer{}, err
	}
	if i := slices.IndexFunc(p.late, func(u attachment.Upload) bool { return u.ID == r.Value("instead") }); i >= 0 && len(wrong) == 0 {
		if err := attachment.Supersede(ctx, r.Tx, r.By, p.late[i]); err != nil {
			return web.Answer{}, err
		}
	}
	if len(wrong) > 0 {
		return p.wrong("files_"+r.Value("instead"), words.Join(wrong, ". ")), nil
	}
	if number := order.Digits(r.Value("appeal")); number != "" {
		return web.Answer{SeeOther: "/appeals/" + number + "#files"}, nil
	}
	return web.Answer{SeeOther: p.path("#files")}, nil
}

// arrive has keep take each file that came, and returns what is wrong with
// those that can't be taken: they are forgotten.
func (c *incoming) arrive(ctx context.Context, r *web.Request, keep func(attachment.New, came) error) ([]words.Text, error) {
	wrong := slices.Clone(c.errors)
	for _, f := range c.files {
		err := keep(attachment.New{Name: f.name, Kind: c.kind, Item: c.item}, f)
		if err != nil && !fault.Is(err, fault.Invalid) {
			return nil, err
		}
		if err != nil {
			wrong = append(wrong, fault.Of(err).Fields["files"])
			if err := attachment.Drop(ctx, r.Tx, f.ref.Key); err != nil {
				return nil, err
			}
		}
	}
	if len(c.files) == 0 && len(wrong) == 0 {
		wrong = append(wrong, "Select a file")
	}
	return wrong, nil
}

func mayOpenLate(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLate(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	i := slices.IndexFunc(p.late, func(u attachment.Upload) bool {
		return u.ID == r.PathValue("upload") && u.Status == attachment.Protected
	})
	if i < 0 {
		return web.Answer{SeeOther: p.path("#files")}, nil
	}
	r.Carry = &making{upload: p.late[i], field: "password_" + p.late[i].ID}
	return web.Answer{}, nil
}

// keepOpened has the order's file be the copy without a password.
func keepOpened(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLate(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	c := r.Carry.(*making)
	if c.wrong != "" {
		return p.wrong(c.field, c.wrong), nil
	}
	i := slices.IndexFunc(p.late, func(u attachment.Upload) bool { return u.ID == c.upload.ID && u.BlobKey == c.upload.BlobKey })
	if i < 0 {
		return web.Answer{}, fault.New(fault.Conflict, "Somebody changed this file in the same moment. Look at it again.")
	}
	return web.Answer{SeeOther: p.path("#files")}, attachment.Replace(ctx, r.Tx, r.By, p.late[i], c.ref, c.pages)
}

// acceptOf is what a file field offers under rules.
func acceptOf(rules plan.FileRules) string {
	var all []string
	for _, t := range rules.Types() {
		for _, e := range t.Endings() {
			all = append(all, "."+e)
		}
	}
	return strings.Join(all, ",")
}

// lost reports whether u will not become part of the order as it is.
func lost(u attachment.Upload) bool {
	return u.Status != attachment.Uploading && u.Status != attachment.Checking
}
