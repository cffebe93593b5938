// Package review is what the utilization-management side sees: the cases that
// wait for a decision, the page on which one is decided, reviewers' calls and
// hours, and what schedulers must put a hand to.
package review

import (
	"parley/internal/domain/order"
	"parley/internal/infra/blob"
	"parley/internal/infra/inspect"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// Pages are what the pages need besides what a request brings.
type Pages struct {
	Files  blob.Store
	Reader *inspect.Reader // looks at what came from outside
}

// Register adds the pages to s.
func (p Pages) Register(s *web.Server) {
	s.Handle("GET /review/numbers", web.Letters, listNumbers)
	s.Handle("POST /review/numbers/{location}", web.Letters, readNumber)
	s.Handle("GET /review/letters", web.Letters, listLetters)
	s.Handle("POST /review/batches", web.Letters, printLetters)
	s.Handle("GET /review/batches/{batch}", web.Letters, p.showBatch)
	s.Handle("POST /review/batches/{batch}/mailed", web.Letters, batchMailed)
	s.Handle("GET /review/letters/{letter}", web.Letters, p.showLetter)
	s.Handle("POST /review/letters/{letter}", web.Letters, p.mendLetter)
	s.Handle("GET /review/letters/{letter}/pdf", web.Letters, p.letterPDF)
	s.Handle("POST /review/letters/{letter}/deliveries/{delivery}", web.Letters, p.settleDelivery)

	s.Handle("GET /review", web.Review, queue)
	s.Handle("POST /review/next", web.Review, nextCase)
	s.Handle("GET /review/quality", web.Review, listQuality)
	s.Handle("GET /review/quality/{sample}", web.Review, showSample)
	s.Handle("POST /review/quality/{sample}", web.Review, readSample)
	s.Handle("GET /review/keys", web.Review, showKeys)
	s.Handle("POST /review/keys", web.Review, saveKeys)
	s.Handle("POST /review/bulk", web.Review, bulk)
	s.Handle("POST /review/views", web.Review, saveQueueView)
	s.Handle("POST /review/views/{view}/delete", web.Review, dropQueueView)
	s.Handle("GET /review/conflicts", web.Review, showConflicts)
	s.Handle("POST /review/conflicts", web.Review, declareConflict)
	s.Handle("POST /review/conflicts/{organization}/withdraw", web.Review, withdrawConflict)
	s.Handle("GET /review/cases/{order}", web.Review, showCase)
	s.Handle("GET /review/cases/{order}/files/{file}", web.Review, showFile)
	s.Handle("GET /review/cases/{order}/open", web.Review, askOpening)
	s.Handle("POST /review/cases/{order}/open", web.Review, openOther)
	s.Handle("GET /review/cases/{order}/replay", web.Auditors, showReplay)
	s.Handle("POST /review/cases/{order}/claim", web.Review, claimCase)
	s.Handle("POST /review/cases/{order}/release", web.Review, releaseCase)
	s.Handle("POST /review/cases/{order}/physician", web.Review, sendUp)
	s.Handle("POST /review/cases/{order}/marks", web.Review, saveMark)
	s.Handle("POST /review/cases/{order}/notes", web.Review, addNote)
	s.Handle("GET /review/cases/{order}/decide", web.Review, askDecision)
	s.Handle("POST /review/cases/{order}/decide", web.Review, decide)
	s.Handle("POST /review/cases/{order}/undo", web.Review, undoDecision)
	s.Handle("GET /review/cases/{order}/sign", web.Review, askSignature)
	s.Handle("POST /review/cases/{order}/sign", web.Review, signSecond)
	s.Handle("GET /review/cases/{order}/intent", web.Review, askIntent)
	s.Handle("POST /review/cases/{order}/intent", web.Review, announceIntent)

	registerAsk(s)
	p.registerFaxes(s)
	registerLibrary(s)
	s.Handle("GET /review/cases/{order}/patient", web.Review, askMatch)
	s.Handle("POST /review/cases/{order}/patient", web.Review, saveMatch)
	s.Handle("POST /review/cases/{order}/patient/find", web.Review, findMatch)
	s.Handle("GET /review/cases/{order}/practitioner", web.Review, askPractitioner)
	s.Handle("POST /review/cases/{order}/practitioner", web.Review, checkPractitioner)
	s.Handle("GET /review/cases/{order}/clock", web.Review, askClock)
	s.Handle("POST /review/cases/{order}/clock", web.Review, changeClock)

	s.Handle("GET /review/appeals", web.Review, listAppeals)
	s.Handle("GET /review/appeals/{appeal}", web.Review, showAppeal)
	s.Handle("POST /review/appeals/{appeal}", web.Review, upholdAppeal)

	s.Handle("GET /review/calls", web.Review, listCalls)
	s.HandleLive("GET /review/calls/live", web.Review, liveCalls)
	s.Handle("GET /review/calls/{call}", web.Review, showWork)
	s.Handle("POST /review/calls/{call}", web.Review, recordOutcome)
	s.Handle("POST /review/calls/{call}/attempts", web.Review, logAttempt)
	s.Handle("POST /review/calls/{call}/notes", web.Review, saveWork)
	s.Handle("GET /review/calendar", web.Review, showCalendar)
	s.Handle("POST /review/calendar/hours", web.Review, addHours)
	s.Handle("GET /review/calendar/hours/{hours}", web.Review, askSeries)
	s.Handle("POST /review/calendar/hours/{hours}", web.Review, saveSeries)
	s.Handle("POST /review/calendar/connected", web.Review, connect)
	s.Handle("POST /review/calendar/connected/{calendar}/read", web.Review, fetchNow)
	s.Handle("POST /review/calendar/connected/{calendar}/delete", web.Review, disconnect)
	s.Handle("POST /review/calendar/off", web.Review, addTimeOff)
	s.Handle("POST /review/calendar/off/{off}/delete", web.Review, dropTimeOff)

	s.Handle("GET /ops", web.Review, showOps)
	s.Handle("GET /ops/offered", web.Review, askOffered)
	s.Handle("GET /ops/comments", web.Review, showComments)
	s.Handle("POST /ops/pauses", web.Review, pauseApprovals)
	s.Handle("POST /ops/pauses/{pause}/end", web.Review, resumeApprovals)

	s.Handle("GET /board", web.Review, board)
	s.HandleLive("GET /board/live", web.Review, liveBoard)
	s.Handle("GET /board/calls/{call}", web.Review, askConfirm)
	s.Handle("POST /board/calls/{call}", web.Review, confirmCall)
	s.Handle("POST /board/calls/{call}/done", web.Review, missedDone)
	s.Handle("GET /board/calls/{call}/move", web.Planners, askMove)
	s.Handle("POST /board/calls/{call}/move", web.Planners, moveCall)
	s.Handle("GET /board/cover", web.Planners, askCover)
	s.Handle("POST /board/cover", web.Planners, startCover)
	s.Handle("GET /board/cover/{cover}", web.Planners, showCover)
	s.Handle("GET /board/reviewers", web.Planners, listReviewers)
	registerLicenses(s)
	s.Handle("GET /board/why", web.Planners, askWhy)
	s.Handle("POST /board/notes/{note}/done", web.Review, noteDone)
}

func patient(o order.Order, plan string) ui.Patient {
	return ui.Patient{Name: o.Patient.Name(), Born: ui.BirthDate(o.Patient.Born), MemberID: words.AsIs(o.MemberNumber), Plan: words.AsIs(plan), Unmatched: o.Unmatched}
}
