// Package fhir speaks HL7 FHIR R4 with other systems. So far it takes in
// request bundles of the Da Vinci Prior Authorization Support guide (PAS
// 2.2.1) that come as files.
package fhir

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
)

// MaxBundle is how many bytes a bundle may have, its documents included.
const MaxBundle = 32 << 20

// Formats of the documents an order comes from. A claim is kept by its hash
// alone, so that an update, which holds the claim it changes, finds the order.
const (
	bundleFormat = "fhir-pas-2.2.1"
	claimFormat  = "fhir-claim"
)

// A Result says what became of a bundle.
type Result struct {
	Unchanged bool // it was here already
	Updated   bool // it changed an order that was here
	OrderID   order.ID
	Number    string
	Gaps      int // what was missing or could not be mapped
}

// ImportPAS makes an order, with all it needs, of a request bundle, or changes
// the order that the bundle updates. The bundle itself is kept. The same bundle
// a second time changes nothing. The error is a fault with one sentence, which
// holds no member's data, if the bundle can't be used. Who may: imports.
func ImportPAS(ctx context.Context, d *db.DB, files blob.Store, by account.Actor, name string, body []byte) (Result, error) {
	if err := by.Must(account.ImportData); err != nil {
		return Result{}, err
	}
	if len(body) > MaxBundle {
		return Result{}, fault.New(fault.Invalid, "The bundle is larger than %s MB.", MaxBundle>>20)
	}
	r, err := read(body)
	if err != nil {
		return Result{}, err
	}
	if res, err := here(ctx, d, r.hash); err != nil || res.Unchanged {
		return res, err
	}
	k, err := keep(ctx, files, r, body)
	if err != nil {
		return Result{}, err
	}
	var res Result
	err = d.Update(ctx, func(tx *db.Tx) (err error) {
		s := saver{tx: tx, by: by, request: r, kept: k, name: name, gaps: append([]order.Gap(nil), r.gaps...)}
		res, err = s.save(ctx)
		return err
	})
	if err != nil || res.Unchanged {
		return res, errors.Join(err, k.forget(ctx, files))
	}
	return res, nil
}

// here reports whether a bundle with this hash has been imported.
func here(ctx context.Context, d *db.DB, hash string) (res Result, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		id, err := order.BySourceHash(ctx, tx, hash)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		res = Result{Unchanged: err == nil, OrderID: id}
		return err
	})
	return res, err
}

// kept are the files of a request in the blob store, before any row names them.
type kept struct {
	bundle blob.Ref
	files  []blob.Ref // of each enclosure
}

func keep(ctx context.Context, files blob.Store, r request, body []byte) (k kept, err error) {
	put := func(content []byte) (ref blob.Ref) {
		if err == nil {
			ref, err = files.Put(ctx, io.Reader(bytes.NewReader(content)))
		}
		return ref
	}
	k.bundle = put(body)
	for _, f := range r.files {
		k.files = append(k.files, put(f.data))
	}
	if err != nil {
		return k, errors.Join(err, k.forget(ctx, files))
	}
	return k, nil
}

// forget removes files that no row will name.
func (k kept) forget(ctx context.Context, files blob.Store) error {
	var all []error
	for _, ref := range append(k.files, k.bundle) {
		if ref.Key != "" {
			all = append(all, files.Delete(context.WithoutCancel(ctx), ref.Key))
		}
	}
	return errors.Join(all...)
}

// A saver puts one request into the database, in one transaction.
type saver struct {
	request
	tx   *db.Tx
	by   account.Actor
	kept kept
	name string
	gaps []order.Gap // of the request, and what was assumed
}

func (s *saver) save(ctx context.Context) (Result, error) {
	if id, err := order.BySourceHash(ctx, s.tx, s.hash); !fault.Is(err, fault.NotFound) {
		return Result{Unchanged: err == nil, OrderID: id}, err // another import was faster
	}
	o, err := s.prepare(ctx)
	if err != nil {
		return Result{}, err
	}
	held, err := s.held(ctx, o.MemberID)
	switch {
	case err == nil && s.priorHash != "":
		return s.amend(ctx, held)
	case err == nil:
		return s.again(ctx, held)
	case !fault.Is(err, fault.NotFound):
		return Result{}, err
	}
	return s.create(ctx, o)
}

// held finds the order a request updates or, if it updates none, the order
// that came from the same claim in another bundle.
func (s *saver) held(ctx context.Context, memberID string) (order.Order, error) {
	if s.priorHash != "" {
		return order.FromDocument(ctx, s.tx, s.priorHash, memberID)
	}
	return order.FromDocument(ctx, s.tx, s.claimHash, memberID)
}

func (s *saver) create(ctx context.Context, o order.Order) (Result, error) {
	if s.priorHash != "" {
		s.gaps = append(s.gaps, s.priorWhole)
	}
	o, err := order.Create(ctx, s.tx, s.by, o)
	if err != nil {
		return Result{}, err
	}
	if err := order.Note(ctx, s.tx, s.by, o, "source", s.sent, false); err != nil {
		return Result{}, err
	}
	if s.priorHash != "" { // the earlier claim, should it still come, is this order too
		if err := s.source(ctx, o.ID, claimFormat, s.priorHash); err != nil {
			return Result{}, err
		}
	}
	if s.cancelled || allWithdrawn(o.Services) {
		if o, err = order.Move(ctx, s.tx, s.by, o, order.Withdrawn, "Withdrawn by the sender."); err != nil {
			return Result{}, err
		}
	}
	return Result{OrderID: o.ID, Number: o.Number}.with(s.attach(ctx, o))
}

func allWithdrawn(all []order.Service) bool {
	for _, s := range all {
		if s.Status != order.Withdrawn {
			return false
		}
	}
	return true
}

// amend changes the order that the request updates.
func (s *saver) amend(ctx context.Context, o order.Order) (Result, error) {
	a := order.Amendment{References: s.references, Withdraw: s.cancelled, Text: amendText(o, s.services)}
	for _, line := range s.services {
		if err := s.word(ctx, &line); err != nil {
			return Result{}, err
		}
		if !sameLine(o, line) {
			a.Services = append(a.Services, line)
		}
	}
	s.otherChanges(o)
	o, err := order.Amend(ctx, s.tx, s.by, o, a)
	if err != nil {
		return Result{}, err
	}
	return Result{OrderID: o.ID, Number: o.Number, Updated: true}.with(s.attach(ctx, o))
}

// otherChanges names what an update changes besides lines: that waits for a
// person, since dates, reasons and urgency decide how the order is handled.
func (s *saver) otherChanges(o order.Order) {
	changed := func(path, what, was, is string) {
		if was != is {
			s.gaps = append(s.gaps, order.Gap{Kind: unmapped, Path: path, Text: "The sender also changed the " + what + ". The order keeps what it had.", Value: is})
		}
	}
	codes := func(all []order.Diagnosis) (text string) {
		for _, d := range all {
			text += d.Code + " "
		}
		return strings.TrimSpace(text)
	}
	changed("Claim.diagnosis", "diagnoses", codes(o.Diagnoses), codes(s.diagnoses))
	changed("Claim.item", "dates of service", o.ServiceFrom.String()+" "+o.ServiceTo.String(), s.serviceFrom.String()+" "+s.serviceTo.String())
	changed("Claim.extension", "urgency", strconv.FormatBool(o.Urgency == order.Urgent), strconv.FormatBool(s.urgent))
	changed("Claim.supportingInfo", "note", o.Note, s.note)
}

// again keeps a second bundle with a claim that is here: it asks for nothing
// new, but is a document of its own.
func (s *saver) again(ctx context.Context, o order.Order) (Result, error) {
	if err := order.Note(ctx, s.tx, s.by, o, "source", "The same request came again in another message.", false); err != nil {
		return Result{}, err
	}
	return Result{OrderID: o.ID, Number: o.Number, Updated: true}.with(s.attach(ctx, o))
}

func (r Result) with(gaps int, err error) (Result, error) {
	r.Gaps = gaps
	return r, err
}

// attach keeps with the order what came with it: the documents, the bundle,
// and what could not be mapped, of which it returns the count.
func (s *saver) attach(ctx context.Context, o order.Order) (int, error) {
	has, err := s.hashes(ctx, o)
	if err != nil {
		return 0, err
	}
	for i, f := range s.files {
		ref := s.kept.files[i]
		if has[ref.SHA256] {
			continue // an update sends again what is here
		}
		_, err := attachment.Add(ctx, s.tx, s.by, attachment.File{
			OrderID: string(o.ID), Name: f.name, MediaType: f.mediaType, Size: ref.Size, SHA256: ref.SHA256, BlobKey: ref.Key, Kind: f.kind, Note: f.note,
		})
		if err != nil {
			return 0, err
		}
	}
	fresh, err := s.freshGaps(ctx, o.ID)
	if err != nil {
		return 0, err
	}
	if err := order.AddGaps(ctx, s.tx, o.ID, fresh); err != nil {
		return 0, err
	}
	if err := s.source(ctx, o.ID, bundleFormat, s.hash); err != nil {
		return 0, err
	}
	return len(fresh), s.source(ctx, o.ID, claimFormat, s.claimHash)
}

// hashes are those of the order's files.
func (s *saver) hashes(ctx context.Context, o order.Order) (map[string]bool, error) {
	files, err := attachment.Of(ctx, s.tx, string(o.ID))
	has := map[string]bool{}
	for _, f := range files {
		has[f.SHA256] = true
	}
	return has, err
}

// freshGaps leaves out what an earlier bundle of the order lacked too.
func (s *saver) freshGaps(ctx context.Context, id order.ID) (fresh []order.Gap, err error) {
	known := map[order.Gap]bool{}
	held, err := order.Gaps(ctx, s.tx, id)
	for _, g := range held {
		known[g] = true
	}
	for _, g := range s.gaps {
		if !known[g] {
			known[g] = true
			fresh = append(fresh, g)
		}
	}
	return fresh, err
}

func (s *saver) source(ctx context.Context, id order.ID, format, hash string) error {
	return order.AddSource(ctx, s.tx, id, order.Source{Format: format, Name: s.name, Hash: hash, BlobKey: s.kept.bundle.Key, ReceivedAt: s.tx.Now()})
}
