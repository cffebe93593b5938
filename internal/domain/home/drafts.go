package home

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/request"
	"parley/internal/infra/db"
)

// drafts are what waits for by in requests that are not sent: questions to a
// clinician, a signature, an end that is near, and files that can't be used.
func drafts(ctx context.Context, tx *db.Tx, by account.Actor, own bool) (all []Need, err error) {
	if !by.Can(account.SendRequests) {
		return nil, nil
	}
	waits, err := request.WaitingFor(ctx, tx, by)
	if err != nil {
		return nil, err
	}
	for _, w := range waits[:min(len(waits), Most)] {
		all = append(all, Need{Kind: Clinical, Number: w.Number})
	}
	unsigned, err := request.Unsigned(ctx, tx, by, own, Most)
	if err != nil {
		return nil, err
	}
	for _, r := range unsigned {
		n := Need{Kind: Sign, Number: r.Number, Title: r.Order.Title(), Patient: r.Patient.Name()}
		if !r.MaySign(by) {
			n.Who = r.Providers.Practitioner
		}
		all = append(all, n)
	}
	ending, err := request.Ending(ctx, tx, by, tx.Now().Add(draftSoon), Most)
	if err != nil {
		return nil, err
	}
	for _, r := range ending {
		all = append(all, Need{Kind: Finish, Number: r.Number, Title: r.Order.Title(), Patient: r.Patient.Name(), By: &r.ExpiresAt})
	}
	broken, err := files(ctx, tx, by)
	return append(all, broken...), err
}

// files are those by sent that a draft can't go out with.
func files(ctx context.Context, tx *db.Tx, by account.Actor) (all []Need, err error) {
	broken, err := attachment.Broken(ctx, tx, by, tx.Now().Add(-fileFresh), Most)
	if err != nil || len(broken) == 0 {
		return nil, err
	}
	var ids []request.ID
	for _, u := range broken {
		ids = append(ids, request.ID(u.RequestID))
	}
	numbers, err := request.Numbers(ctx, tx, by, ids)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, u := range broken {
		number := numbers[request.ID(u.RequestID)]
		if number != "" && !seen[number] { // one a draft: its page names them all
			seen[number] = true
			all = append(all, Need{Kind: Replace, Number: number, Title: u.Name, Protected: u.Status == attachment.Protected})
		}
	}
	return all, nil
}
