package portal

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"parley/internal/domain/attachment"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/httpd"
	"parley/internal/web"
	"parley/internal/words"
)

// Files are uploaded by the tus protocol 1.0.0 (tus.io), core and creation: a
// POST says what comes, each PATCH brings a piece and says where it begins,
// and HEAD asks how much has come. So a file goes on where it stopped,
// whoever stopped. Without a script a form brings whole files (takeFiles).

const tus = "1.0.0"

// beginUpload answers with where the file's pieces go.
func (k shelving) beginUpload(ctx context.Context, r *web.Request) (web.Answer, error) {
	sh, err := k.find(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	size, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
	if err != nil || sh.closed {
		return web.Answer{}, fault.New(fault.Conflict, "No more files can be added to this.")
	}
	said := metadata(r.Header.Get("Upload-Metadata"))
	u, err := attachment.Begin(ctx, r.Tx, r.By, sh.in, attachment.New{Name: said["filename"], Mark: said["mark"], Size: size, Kind: said["kind"], Item: said["item"]})
	if fault.Is(err, fault.Invalid) {
		return problem(ctx, err), err
	}
	a := uploadAnswer(u)
	a.Status = http.StatusCreated
	a.Headers["Location"] = sh.base + "/uploads/" + u.ID
	return a, err
}

// metadata reads Upload-Metadata: names, each with its value in Base64.
func metadata(header string) map[string]string {
	all := map[string]string{}
	for pair := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), " ")
		if text, err := base64.StdEncoding.DecodeString(value); err == nil {
			all[name] = strings.ToValidUTF8(strings.ReplaceAll(string(text), "\x00", ""), "")
		}
	}
	return all
}

func uploadAnswer(u attachment.Upload) web.Answer {
	return web.Answer{Headers: map[string]string{"Tus-Resumable": tus, "Upload-Offset": strconv.FormatInt(u.Received, 10), "Upload-Length": strconv.FormatInt(u.Size, 10)}}
}

// problem says to a script what is wrong.
func problem(ctx context.Context, err error) web.Answer {
	f := fault.Of(err)
	text := f.Text
	for _, said := range f.Fields {
		text = said
	}
	return web.Answer{Status: httpd.Status[f.Kind], File: asJSON(map[string]string{"problem": words.T(ctx, text)})}
}

func asJSON(v any) *web.File {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // only texts and numbers are written
	}
	return &web.File{Name: "state.json", Type: "application/json", Body: text}
}

// A state is how far an upload is, for a script.
type state struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Words  string `json:"words"`
}

func stateOf(ctx context.Context, u attachment.Upload) state {
	return state{u.ID, string(u.Status), words.T(ctx, u.Words())}
}

// listUploads answers how far a shelf's files are. It names none of them.
func (k shelving) listUploads(ctx context.Context, r *web.Request) (web.Answer, error) {
	sh, err := k.find(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	all, err := attachment.Uploads(ctx, r.Tx, sh.in.RequestID)
	states := []state{}
	for _, u := range all {
		states = append(states, stateOf(ctx, u))
	}
	return web.Answer{File: asJSON(states)}, err
}

// showUpload answers how much of a file has come (HEAD of tus).
func (k shelving) showUpload(ctx context.Context, r *web.Request) (web.Answer, error) {
	_, u, err := k.file(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	a := uploadAnswer(u)
	a.File = asJSON(stateOf(ctx, u))
	return a, nil
}

// A piece is one PATCH on its way.
type piece struct {
	upload attachment.Upload
	starts int64
	ref    blob.Ref
}

func (k shelving) mayExtend(ctx context.Context, r *web.Request) (web.Answer, error) {
	_, u, err := k.file(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	starts, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || starts != u.Received || u.Status != attachment.Uploading || u.DeletedAt != nil {
		a := uploadAnswer(u)
		a.Status, a.File = http.StatusConflict, asJSON(stateOf(ctx, u))
		return a, nil
	}
	r.Carry = &piece{upload: u, starts: starts}
	return web.Answer{}, nil
}

// takePiece stores what comes. If the line breaks, what has come is kept: the
// rest follows in another piece.
func (p *Pages) takePiece(ctx context.Context, r *web.Request) (err error) {
	c := r.Carry.(*piece)
	body := &cut{Reader: io.LimitReader(r.Body, c.upload.Size-c.starts)}
	c.ref, err = p.Files.Put(context.WithoutCancel(ctx), body)
	if err == nil && c.ref.Size == 0 {
		p.dropPiece(ctx, r)
		return fault.New(fault.Invalid, "Nothing came. Send it again.")
	}
	return err
}

// cut ends where its reader breaks.
type cut struct{ io.Reader }

func (c *cut) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = io.EOF
	}
	return n, err
}

func (k shelving) extendUpload(ctx context.Context, r *web.Request) (web.Answer, error) {
	c := r.Carry.(*piece)
	_, u, err := k.file(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if u, err = attachment.Extend(ctx, r.Tx, r.By, u, c.starts, c.ref); err != nil {
		return problem(ctx, err), err
	}
	a := uploadAnswer(u)
	a.Status = http.StatusNoContent
	return a, nil
}

func (p *Pages) dropPiece(ctx context.Context, r *web.Request) {
	p.drop(ctx, r.Carry.(*piece).ref)
}

// drop forgets a content that nothing names. If that fails it is only untidy.
func (p *Pages) drop(ctx context.Context, refs ...blob.Ref) {
	for _, ref := range refs {
		if ref.Key != "" {
			_ = p.Files.Delete(ctx, ref.Key)
		}
	}
}
