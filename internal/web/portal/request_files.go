package portal

import (
	"context"
	"io"
	"slices"

	"parley/internal/domain/attachment"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/inspect"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// filesPage is what is enclosed with a request, and what is asked for.
type filesPage struct {
	*requestPage
	rules   plan.FileRules
	fax     string
	wanted  []request.Wanted
	rest    []attachment.Upload
	earlier []attachment.Upload
	asked   string             // id of the file that is about to be deleted
	undo    *attachment.Upload // the one that was deleted just now
	typed   map[string]string  // what was typed, by field
}

func (p *Pages) registerFiles(s *web.Server) {
	s.Handle("GET /requests/{request}/files", web.Senders, askFiles)
	s.Handle("POST /requests/{request}/files/done", web.Senders, saveFiles)
	s.HandleSlow("POST /requests/{request}/files/earlier", web.Senders, web.Slow{May: mayTakeEarlier, Do: p.copyEarlier, Then: requestShelves.keepFiles, Undo: p.dropFiles})
	s.Handle("GET /requests/{request}/fax", web.Senders, showFax)
	p.registerShelf(s, requestShelves)
}

// requestShelves are those of requests that are not sent.
var requestShelves = shelving{base: "/requests/{request}", find: requestShelf, again: filesAgain}

func requestShelf(ctx context.Context, r *web.Request) (shelf, error) {
	q, err := request.Behind(ctx, r.Tx, r.By, r.PathValue("request"))
	if err != nil {
		return shelf{}, err
	}
	sh := shelf{base: "/requests/" + q.Number, page: "/requests/" + q.Number + "/files", closed: q.SentAt != nil || !q.Done(request.OrderPart)}
	if sh.closed {
		sh.in.RequestID = string(q.ID)
		return sh, nil
	}
	sh.in, err = request.Folder(ctx, r.Tx, q)
	return sh, err
}

// filesAgain shows the page of files with what is wrong with one of them.
func filesAgain(ctx context.Context, r *web.Request, wrong []ui.FieldError, typed string) (web.Answer, error) {
	p, away, err := openFiles(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	p.fail(wrong, typed)
	return p.show(), nil
}

// fail notes what is wrong, at its fields.
func (p *filesPage) fail(wrong []ui.FieldError, typed string) {
	p.errors = append(p.errors, wrong...)
	for _, w := range wrong {
		p.faults[w.Field] = words.Join([]words.Text{p.faults[w.Field], w.Text}, ". ")
		p.typed[w.Field] = typed
	}
}

func openFiles(ctx context.Context, r *web.Request) (*filesPage, *web.Answer, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	p := &filesPage{requestPage: q, typed: map[string]string{}, asked: r.Query("delete")}
	if away, yes := q.early(); yes {
		return p, &away, nil
	}
	if !q.Done(request.OrderPart) {
		return p, &web.Answer{SeeOther: q.path("/order")}, nil
	}
	return p, nil, p.load(ctx, r)
}

func (p *filesPage) load(ctx context.Context, r *web.Request) error {
	program, err := plan.GetProgram(ctx, r.Tx, p.Order.ProgramID)
	if err != nil {
		return err
	}
	p.rules, p.fax = program.Files, program.Fax
	if p.wanted, p.rest, err = request.Enclosed(ctx, r.Tx, r.By, p.Request); err != nil {
		return err
	}
	if p.earlier, err = request.Earlier(ctx, r.Tx, r.By, p.Request); err != nil {
		return err
	}
	p.undo, err = undone(ctx, r, string(p.ID))
	return err
}

func askFiles(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openFiles(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	return p.show(), nil
}

// shelf is how the page shows its files.
func (p *filesPage) shelf() shelfView {
	return shelfView{base: p.path(""), page: p.path("/files"), form: "go-on", rules: p.rules, faults: p.faults, typed: p.typed, asked: p.asked, key: p.key, what: p.itemWords, loc: p.loc, now: p.now}
}

func (p *filesPage) show() web.Answer { return p.ask("Files", web.Answer{Body: filesView(p)}) }

// again shows the page with what is wrong.
func (p *filesPage) again(ctx context.Context, r *web.Request, err error, fields ...string) (web.Answer, error) {
	if !p.refused(err, append([]string{"files"}, fields...)...) {
		return web.Answer{}, err
	}
	return p.show(), err
}

// all are the request's files, those for an item of the checklist first.
func (p *filesPage) all() (all []attachment.Upload) {
	for _, w := range p.wanted {
		all = append(all, w.Files...)
	}
	return append(all, p.rest...)
}

// saveFiles goes on, with what the office says about files that it doesn't
// have, and what kinds the others are.
func saveFiles(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openFiles(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	reasons := map[string]string{}
	var fields []string
	for _, w := range p.wanted {
		name := "without_" + w.ID
		reasons[w.ID], p.typed[name] = r.Value(name), r.Value(name)
		fields = append(fields, name)
	}
	saved, err := request.SayWithout(ctx, r.Tx, r.By, p.Request, p.since, reasons)
	if err != nil {
		return p.again(ctx, r, err, fields...)
	}
	for _, u := range p.all() {
		if kind := r.Value("kind_" + u.ID); kind != "" {
			if err := attachment.Describe(ctx, r.Tx, r.By, u, kind); err != nil {
				return web.Answer{}, err
			}
		}
	}
	return web.Answer{SeeOther: p.after(r, saved)}, nil
}

// An incoming is what came in one form: files in the store, and what became
// of those that are not.
type incoming struct {
	in     attachment.Folder
	item   string
	kind   string
	files  []came
	errors []words.Text
}

type came struct {
	name string
	ref  blob.Ref
}

// takeFiles stores the files of a form. One that can't be taken does not
// hinder the others.
func (p *Pages) takeFiles(ctx context.Context, r *web.Request) error {
	c := r.Carry.(*incoming)
	err := r.Parts(func(_, name string, content io.Reader) error {
		name = inspect.Name(name)
		if len(c.files) >= c.in.Rules.Most {
			c.errors = append(c.errors, words.Say("You can upload up to %s files", c.in.Rules.Most))
			return nil
		}
		most := c.in.Rules.Bytes()
		ref, err := p.Files.Put(ctx, io.LimitReader(content, most+1))
		if err != nil {
			return err
		}
		if ref.Size > most {
			p.drop(ctx, ref)
			c.errors = append(c.errors, words.Say("%s: The file must be smaller than %s MB", name, c.in.Rules.MB))
			return nil
		}
		c.files = append(c.files, came{name, ref})
		return nil
	})
	if err != nil {
		p.dropFiles(context.WithoutCancel(ctx), r)
	}
	c.item, c.kind = r.Value("item"), r.Value("kind")
	return err
}

func fieldOf(item string) string {
	if item == "" {
		return "files"
	}
	return "files_" + item
}

func (p *Pages) dropFiles(ctx context.Context, r *web.Request) {
	for _, f := range r.Carry.(*incoming).files {
		p.drop(ctx, f.ref)
	}
}

// mayTakeEarlier finds the files that an office chose among those it sent
// before.
func mayTakeEarlier(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openFiles(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	in, err := request.Folder(ctx, r.Tx, p.Request)
	r.Carry = &choosing{incoming: incoming{in: in}, earlier: p.earlier}
	return web.Answer{}, err
}

// A choosing is files chosen among those sent before.
type choosing struct {
	incoming
	earlier []attachment.Upload
}

// copyEarlier copies what was chosen: each request has contents of its own,
// so that deleting one deletes no other.
func (p *Pages) copyEarlier(ctx context.Context, r *web.Request) error {
	c := r.Carry.(*choosing)
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "This form can’t be read. Open the page again.")
	}
	c.item = r.PostForm.Get("item")
	for _, u := range c.earlier {
		if !slices.Contains(r.PostForm[earlierField(c.item)], u.ID) {
			continue
		}
		ref, err := p.copyOf(ctx, u.BlobKey)
		if err != nil {
			return err
		}
		c.files, c.kind = append(c.files, came{u.Name, ref}), u.Kind
	}
	r.Carry = &c.incoming
	return nil
}

func (p *Pages) copyOf(ctx context.Context, key string) (blob.Ref, error) {
	from, err := p.Files.Open(ctx, key)
	if err != nil {
		return blob.Ref{}, err
	}
	defer from.Close()
	return p.Files.Put(ctx, from)
}

// filesStep is the chapter in which files are asked for: the clinical one
// where there is one, else the last.
func filesStep() int {
	if i := slices.Index(requestSteps, ui.Step{Label: "Clinical"}); i >= 0 {
		return i + 1
	}
	return len(requestSteps)
}
