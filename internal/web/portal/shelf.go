package portal

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/httpd"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// A shelf is where an office gathers files before it sends them: with a
// request, or with its answers to a message.
type shelf struct {
	in     attachment.Folder
	base   string // address of what they are sent with: "/requests/1369306954"
	page   string // address of the page that shows them
	closed bool   // nothing can be added any more
}

// A shelving is how the shelves of one sort are reached.
type shelving struct {
	base string // of its addresses, as a pattern: "/requests/{request}"
	find func(context.Context, *web.Request) (shelf, error)
	// again shows the page with what is wrong, by field, and what was typed
	// there.
	again func(ctx context.Context, r *web.Request, wrong []ui.FieldError, typed string) (web.Answer, error)
}

// registerShelf adds what can be done with files: bring them, whole or in
// pieces, take them away, and make other copies of them.
func (p *Pages) registerShelf(s *web.Server, k shelving) {
	s.Handle("POST "+k.base+"/uploads", web.Senders, k.beginUpload)
	s.Handle("GET "+k.base+"/uploads", web.Senders, k.listUploads)
	s.Handle("GET "+k.base+"/uploads/{upload}", web.Senders, k.showUpload)
	s.HandleSlow("PATCH "+k.base+"/uploads/{upload}", web.Senders, web.Slow{May: k.mayExtend, Do: p.takePiece, Then: k.extendUpload, Undo: p.dropPiece})
	s.HandleSlow("POST "+k.base+"/files", web.Senders, web.Slow{May: k.mayTake, Do: p.takeFiles, Then: k.keepFiles, Undo: p.dropFiles})
	s.Handle("POST "+k.base+"/files/{upload}/delete", web.Senders, k.deleteFile)
	s.Handle("POST "+k.base+"/files/{upload}/restore", web.Senders, k.restoreFile)
	s.Handle("POST "+k.base+"/files/{upload}/kind", web.Senders, k.describeFile)
	s.HandleSlow("POST "+k.base+"/files/{upload}/password", web.Senders, web.Slow{May: k.mayOpen, Do: p.openWithPassword, Then: k.keepCopy, Undo: p.dropCopy})
	s.HandleSlow("POST "+k.base+"/files/{upload}/pages", web.Senders, web.Slow{May: k.mayPick, Do: p.pickPages, Then: k.keepCopy, Undo: p.dropCopy})
	s.HandleSlow("POST "+k.base+"/files/{upload}/turn", web.Senders, web.Slow{May: k.mayTurn, Do: p.turnPages, Then: k.keepCopy, Undo: p.dropCopy})
}

// file is one on a shelf, for who may change it.
func (k shelving) file(ctx context.Context, r *web.Request) (shelf, attachment.Upload, error) {
	if err := r.By.Must(account.SendRequests); err != nil {
		return shelf{}, attachment.Upload{}, err
	}
	sh, err := k.find(ctx, r)
	if err != nil {
		return sh, attachment.Upload{}, err
	}
	u, err := attachment.UploadOf(ctx, r.Tx, sh.in.RequestID, r.PathValue("upload"))
	return sh, u, err
}

func (k shelving) mayTake(ctx context.Context, r *web.Request) (web.Answer, error) {
	sh, err := k.find(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if sh.closed {
		return web.Answer{SeeOther: sh.page}, nil
	}
	r.Carry = &incoming{in: sh.in}
	return web.Answer{}, nil
}

// keepFiles makes uploads of what came.
func (k shelving) keepFiles(ctx context.Context, r *web.Request) (web.Answer, error) {
	c := r.Carry.(*incoming)
	wrong, err := c.arrive(ctx, r, func(n attachment.New, f came) error {
		_, err := attachment.Take(ctx, r.Tx, r.By, c.in, n, f.ref)
		return err
	})
	if err != nil {
		return web.Answer{}, err
	}
	if len(wrong) > 0 { // those that could be taken are
		all := make([]ui.FieldError, len(wrong))
		for i, text := range wrong {
			all[i] = ui.FieldError{Field: fieldOf(c.item), Text: text}
		}
		return k.wrong(ctx, r, all, "")
	}
	sh, err := k.find(ctx, r)
	return web.Answer{SeeOther: sh.page + "#list"}, err
}

// wrong is the page again.
func (k shelving) wrong(ctx context.Context, r *web.Request, all []ui.FieldError, typed string) (web.Answer, error) {
	a, err := k.again(ctx, r, all, typed)
	if err == nil && a.SeeOther == "" {
		a.Status = httpd.Status[fault.Invalid]
	}
	return a, err
}

func (k shelving) deleteFile(ctx context.Context, r *web.Request) (web.Answer, error) {
	sh, u, err := k.file(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: sh.page + "?undo=" + u.ID + "#undo"}, attachment.Delete(ctx, r.Tx, r.By, u)
}

func (k shelving) restoreFile(ctx context.Context, r *web.Request) (web.Answer, error) {
	sh, u, err := k.file(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: sh.page + "#" + u.ID}, attachment.Restore(ctx, r.Tx, r.By, u)
}

func (k shelving) describeFile(ctx context.Context, r *web.Request) (web.Answer, error) {
	sh, u, err := k.file(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: sh.page + "#" + u.ID}, attachment.Describe(ctx, r.Tx, r.By, u, r.Value("kind"))
}

// undone is the file that was deleted just now, nil for none.
func undone(ctx context.Context, r *web.Request, folder string) (*attachment.Upload, error) {
	id := r.Query("undo")
	if id == "" {
		return nil, nil
	}
	u, err := attachment.UploadOf(ctx, r.Tx, folder, id)
	if fault.Is(err, fault.NotFound) || err == nil && u.DeletedAt == nil {
		return nil, nil
	}
	return &u, err
}

// A shelfView is how a page shows a shelf.
type shelfView struct {
	base, page string
	form       string // id of the form that what the files are belongs to
	rules      plan.FileRules
	faults     map[string]words.Text
	typed      map[string]string
	asked      string // id of the file that is about to be deleted
	key        string
	what       func(item string) words.Text // what a file is for, to who hears a button and not its place
	loc        *time.Location
	now        time.Time
}

// accept is what a file field offers.
func (v shelfView) accept() string { return acceptOf(v.rules) }
