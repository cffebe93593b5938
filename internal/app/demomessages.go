package app

import (
	"context"
	"fmt"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// demoAsk is what the demo's nurse asks an office for.
var demoAsk = []message.Item{
	{Kind: message.File, Ask: "Notes of the treatment so far", Why: "The guideline asks for 6 weeks of treatment in the last 3 months.",
		Satisfies: "Notes with dates, such as those of physical therapy.", FileKind: string(attachment.Kinds[0])},
	{Kind: message.Text, Ask: "Which treatments were tried, and for how long?", Satisfies: "Each treatment with its first and last day."},
	{Kind: message.YesNo, Ask: "Was the same service done in the last 12 months?"},
}

// ask has the nurse ask the office of an order for what is missing. What was
// asked for leaves when the jobs of the day are done.
func (s *seeder) ask(ctx context.Context, tx *db.Tx, o order.Order) error {
	terms, err := message.TermsOf(ctx, tx, o)
	if err != nil {
		return err
	}
	_, err = message.Send(ctx, tx, s.people["aisha.bello@um.example"], o, message.Ask{Type: "more_information", ReplyBy: terms.Usual, Items: demoAsk,
		Intro: "We can’t decide on what was sent. This would let us go on."})
	return err
}

// addAnswers has the first office answer what it was asked, yesterday: one
// request in full, one in part; the others wait. It asks something itself.
func (s *seeder) addAnswers(ctx context.Context, made []order.Order) error {
	s.at(-1, 16, 30)
	maria := s.people["maria.chen@cedar.example"]
	return s.a.DB.Update(ctx, func(tx *db.Tx) error {
		page, err := message.List(ctx, tx, maria, message.Query{View: message.NeedsReply})
		if err != nil {
			return err
		}
		for i, row := range page.Threads[:min(2, len(page.Threads))] {
			if err := s.answer(ctx, tx, maria, row.Number, i == 0); err != nil {
				return fmt.Errorf("demo message %s: %w", row.Number, err)
			}
		}
		o, err := order.ByID(ctx, tx, maria, made[1].ID)
		if err != nil {
			return err
		}
		_, err = message.Begin(ctx, tx, maria, o, message.Start{Topic: "decision", Text: "Would notes of the home exercises count as treatment?"})
		return err
	})
}

// answer says what the office has; all of it is sent, or what is said so far
// stays with the office.
func (s *seeder) answer(ctx context.Context, tx *db.Tx, by account.Actor, number string, all bool) error {
	t, _, err := message.Get(ctx, tx, by, number)
	if err != nil {
		return err
	}
	said := map[int]message.Answer{2: {Text: "Physical therapy twice a week, from the first to the sixth week after the injury. Naproxen for 4 weeks."}}
	if all {
		said[1] = message.Answer{Without: "elsewhere", WithoutWhy: "The therapist keeps the notes. We asked for them."}
		said[3] = message.Answer{Yes: "no"}
	}
	for n := 1; n <= len(t.Items); n++ {
		if a, ok := said[n]; ok {
			if _, err := message.SaveAnswer(ctx, tx, by, t, n, t.Items[n-1].Answer.Mark(), a); err != nil {
				return err
			}
		}
	}
	if !all {
		return nil
	}
	t, o, err := message.Get(ctx, tx, by, number)
	if err != nil {
		return err
	}
	_, err = message.SendAnswers(ctx, tx, by, t, o, true)
	return err
}
