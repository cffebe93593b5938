package app

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/appeal"
	"parley/internal/domain/attachment"
	"parley/internal/domain/audit"
	"parley/internal/domain/config"
	"parley/internal/domain/deadline"
	"parley/internal/domain/fax"
	"parley/internal/domain/letter"
	"parley/internal/domain/merge"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/request"
	"parley/internal/domain/retention"
	"parley/internal/domain/review"
	"parley/internal/domain/survey"
	"parley/internal/domain/training"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// react says what follows each event. An act announces itself in its own
// transaction; a new reaction is a word on this page and never touches the act.
func (a *App) react() {
	r, desk := a.Jobs, a.Desk

	job.React(r, letter.Write, desk.Decided, peer.Follow, appeal.Follow, message.Follow, review.Draw, survey.AfterDecision) // review.Decided
	job.React(r, letter.Offer, desk.Intended)                                                                               // review.Intended
	job.React(r, letter.Extend)                                                                                             // order.Extended
	job.React(r, letter.TakeBack, message.FollowWithdrawn)                                                                  // order.WasWithdrawn
	job.Handle(r, letter.Outbox{DB: a.DB, Files: a.Files}.Send)                                                             // letter.Go
	job.React(r, desk.LetterSent)                                                                                           // letter.WentOut

	job.React(r, message.Leave)                             // message.Go
	job.React(r, message.Expire)                            // message.Overdue
	job.React(r, message.Write, desk.InformationAsked)      // message.Asked
	job.React(r, desk.ReplyReminder)                        // message.Remind
	job.React(r, desk.ReplyOverdue)                         // message.Expired
	job.React(r, appeal.TakeLate, desk.InformationAnswered) // message.Answered
	job.React(r, desk.MessageSaid)                          // message.Said
	job.React(r, desk.Bounced)                              // notify.Failed

	job.React(r, desk.AppealFiled)  // appeal.Filed
	job.React(r, desk.AppealClosed) // appeal.Closed

	job.React(r, desk.ProblemReported) // help.ProblemReported

	job.React(r, order.ClockPassed) // deadline.Passed
	job.React(r, order.Recount)     // plan.CalendarChanged
	job.React(r, config.GoLiveDue)  // config.Due
	job.React(r, config.KeepHeld)   // config.Holds
	job.React(r, peer.RebookCall)   // peer.Rebook

	job.React(r, request.PatientMatched, review.PatientMatched) // order.Matched
	job.React(r, desk.OrderGiven)                               // order.Given

	job.React(r, desk.DraftExpiring)  // request.Expiring
	job.React(r, desk.SignatureAsked) // request.SignatureAsked
	job.React(r, desk.ClinicalAsked)  // request.ClinicalAsked
	job.React(r, desk.HandedBack)     // request.HandedBack
	job.React(r, desk.DraftGiven)     // request.Given

	job.React(r, desk.CallRequested)                 // peer.WasAsked
	job.React(r, desk.CallBooked)                    // peer.Booked
	job.React(r, desk.CallMoved)                     // peer.Moved
	job.React(r, desk.CallReassigned)                // peer.Reassigned
	job.React(r, peer.AbsorbNext)                    // peer.Absorb
	job.React(r, desk.CallCanceled)                  // peer.WasCanceled
	job.React(r, desk.CallReminder, peer.RemindNext) // peer.Remind
	job.React(r, desk.CallLate)                      // peer.RunningLate
	job.React(r, desk.CallPhoneChanged)              // peer.PhoneChanged
	job.React(r, desk.OrderTakenOut)                 // peer.OrderTakenOut
	job.React(r, desk.CallOutcome, survey.AfterCall) // peer.OutcomeSaid
	job.React(r, desk.CallNotReached)                // peer.NotReached
	job.React(r, desk.CallMissed)                    // peer.WasMissed
	job.React(r, desk.NoteLeft)                      // peer.NoteLeft
	job.React(r, desk.SpeakerCode)                   // peer.SpeakerCodeAsked
	job.React(r, desk.SpeakerLink)                   // peer.LinkSent
	job.React(r, peer.TryFill)                       // peer.Fill
	job.React(r, desk.CallLapsed)                    // peer.Lapsed
	job.React(r, peer.SeekEarlier)                   // peer.Seek
	job.React(r, desk.EarlierFound)                  // peer.Found
	job.React(r, peer.Close)                         // peer.Overdue

	job.React(r, desk.SignInCode)       // account.CodeAsked
	job.React(r, desk.AccountChanged)   // account.SecurityChanged
	job.React(r, desk.AccountViewed)    // account.Viewed
	job.React(r, desk.Invited)          // account.InvitationSent
	job.React(r, desk.RegistrationKept) // account.RegistrationKept
	job.React(r, desk.Registered)       // account.Registered
	job.React(r, desk.JoinAsked)        // account.JoinAsked
	job.React(r, desk.FactorWave)       // account.FactorWaveTells
	job.React(r, account.EndFactorWave) // account.FactorWaveEnds
	job.React(r, desk.JoinDecided)      // account.JoinDecided
	job.React(r, desk.ResetAsked)       // account.ResetAsked
	job.React(r, desk.NumberAsked)      // provider.NumberAsked

	job.React(r, desk.LicenseEnding)    // review.LicenseEnding
	job.React(r, retention.Remove)      // retention.Chunk
	job.React(r, survey.Ask)            // survey.Due
	job.React(r, desk.SurveyAsked)      // survey.Asked
	job.React(r, desk.NewsletterAsked)  // newsletter.Asked
	job.React(r, desk.NewsletterPost)   // newsletter.Post
	job.React(r, desk.TrainingPlaced)   // training.Placed
	job.React(r, desk.TrainingListed)   // training.Listed
	job.React(r, desk.TrainingFreed)    // training.Freed
	job.React(r, desk.TrainingChanged)  // training.Changed
	job.React(r, desk.TrainingReminder) // training.Remind

	job.React(r, request.FollowLeft, order.FollowLeft, message.FollowLeft, peer.FollowLeft, training.FollowLeft) // account.Left
	job.React(r, merge.Follow)                                                                                   // account.Merged

	job.Handle(r, a.Looks.Check)                                                                                  // attachment.Check
	job.Handle(r, a.Looks.Discard)                                                                                // attachment.Discard
	job.React(r, message.FileChecked, request.FileChecked, review.FileChecked, fax.FileChecked, desk.FileChecked) // attachment.Checked
	job.Handle(r, fax.Reader{DB: a.DB, Files: a.Files, Reader: a.Looks.Reader}.Read)                              // fax.ReadCodes
	job.Handle(r, fax.Folder{DB: a.DB, Files: a.Files, Path: a.FaxFolder}.Look)                                   // fax.Look

	job.Handle(r, a.Plans.Ask)                                          // member.AskPlan
	job.React(r, order.EligibilityAnswered, review.EligibilityAnswered) // member.EligibilityAnswered

	job.Handle(r, a.Calendars.Fetch) // peer.FetchCalendar

	job.Handle(r, desk.Deliver) // notify.Send

	job.Handle(r, audit.Checker{Chain: a.Chain, DB: a.DB}.Check) // audit.Check

	r.Every("seal.audit", 10*time.Second, a.Chain.Seal)
	r.Every("check.audit", 24*time.Hour, func(ctx context.Context, tx *db.Tx) error { return job.Add(ctx, tx, audit.Check{}) })
	r.Every("retention", 24*time.Hour, retention.Start)
	r.Every("licenses", 24*time.Hour, review.RemindOfLicenses)
	r.Every("sweep.jobs", 24*time.Hour, job.Sweep)
	r.Every("sweep.accounts", time.Hour, account.Sweep)
	r.Every("sweep.drafts", time.Hour, request.Sweep)
	r.Every("sweep.uploads", 10*time.Minute, attachment.Sweep)
	r.Every("sweep.files", 24*time.Hour, func(_ context.Context, tx *db.Tx) error { return a.Files.Sweep(tx.Now().Add(-24 * time.Hour)) })
	r.Every("sweep.calls", time.Minute, peer.Sweep)
	r.Every("sweep.unmatched", time.Hour, order.MatchSweep)
	r.Every("sweep.calendars", 5*time.Minute, peer.SweepCalendars)
	r.Every("digest", 10*time.Minute, desk.Digest)
	if a.FaxFolder != "" {
		r.Every("fax.folder", 30*time.Second, func(ctx context.Context, tx *db.Tx) error { return job.Add(ctx, tx, fax.Look{}) })
	}
	r.Every("sweep.clocks", time.Minute, deadline.Sweep)
}
