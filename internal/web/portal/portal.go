// Package portal is what a provider's office sees: its orders, and the calls
// it books about them. Staff who act for a caller use the same pages.
package portal

import (
	"parley/internal/domain/notify"
	"parley/internal/domain/plan"
	"parley/internal/infra/blob"
	"parley/internal/infra/inspect"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// Pages are the portal's pages with what they need beyond the database.
type Pages struct {
	Desk   *notify.Desk
	Files  blob.Store
	Reader *inspect.Reader // of files that are uploaded
}

// Register adds the portal's pages to s.
func (p *Pages) Register(s *web.Server) {
	s.Handle("GET /{$}", web.SignedIn, homeOf)
	s.Handle("POST /home/snooze", web.Readers, snoozeNeed)
	s.Handle("POST /home/wake", web.Readers, wakeNeeds)
	p.registerRequests(s)
	p.registerFiles(s)
	p.registerSpeakers(s)
	p.registerLate(s)
	registerHolders(s)
	p.registerMessages(s)
	registerOrganization(s)
	s.Handle("GET /orders", web.Readers, listOrders)
	s.Handle("GET /orders.csv", web.Readers, exportOrders)
	s.Handle("POST /orders/search", web.Readers, sealSearch)
	s.Handle("POST /orders/views", web.Readers, saveView)
	s.Handle("POST /orders/views/{view}/delete", web.Readers, dropView)
	s.Handle("GET /orders/{order}", web.Readers, showOrder)
	s.Handle("GET /old-orders/{number}", web.Readers, showOld)
	s.Handle("GET /orders/{order}/files/{file}", web.Readers, p.openFile)
	s.Handle("GET /orders/{order}/files/{file}/pages/{page}", web.Readers, p.showPage)
	s.Handle("GET /orders/{order}/answers", web.Readers, showAnswers)
	s.Handle("GET /orders/{order}/clock", web.Readers, showClock)
	s.Handle("GET /orders/{order}/dispute", web.Readers, showDispute)
	s.Handle("GET /orders/{order}/dispute/new", web.Readers, askFiling)
	s.Handle("POST /orders/{order}/dispute/new", web.Readers, sendFiling)
	s.Handle("GET /appeals", web.Readers, listFilings)
	s.Handle("GET /appeals/{appeal}", web.Readers, showFiling)
	s.Handle("POST /appeals/{appeal}/withdraw", web.Readers, withdrawFiling)
	s.Handle("GET /orders/{order}/letters/{letter}", web.Readers, showLetter)
	s.Handle("GET /orders/{order}/letters/{letter}/pdf", web.Readers, p.letterPDF)

	s.Handle("GET /logos/{logo}", web.SignedIn, showLogo)

	s.Handle("GET /orders/{order}/p2p", web.Callers, askCall)
	s.Handle("GET /orders/{order}/p2p/time", web.Callers, chooseTime)
	s.HandleLive("GET /orders/{order}/p2p/time/live", web.Callers, liveTimes)
	s.Handle("POST /orders/{order}/p2p/time", web.Callers, holdTime)
	s.Handle("POST /orders/{order}/p2p/earliest", web.Callers, bookEarliest)
	s.Handle("POST /orders/{order}/p2p/orders", web.Callers, addOrders)
	s.Handle("POST /orders/{order}/p2p/orders/find", web.Callers, findToAdd)
	s.Handle("POST /orders/{order}/p2p/orders/remove", web.Callers, removeOrder)
	s.Handle("POST /orders/{order}/p2p/note", web.Callers, tellSchedulers)
	s.Handle("GET /orders/{order}/p2p/windows", web.Callers, askWindows)
	s.Handle("POST /orders/{order}/p2p/windows", web.Callers, saveWindows)
	s.Handle("POST /orders/{order}/p2p/match", web.Callers, goAhead)
	s.Handle("POST /orders/{order}/p2p/language", web.Callers, askLanguage)
	s.Handle("GET /orders/{order}/p2p/usual", web.Callers, askUsual)
	s.Handle("POST /orders/{order}/p2p/usual", web.Callers, saveUsual)
	s.Handle("GET /orders/{order}/p2p/zone", web.Callers, chooseZone)
	s.Handle("POST /orders/{order}/p2p/zone", web.Callers, saveZone)
	s.Handle("GET /orders/{order}/p2p/people", web.Callers, askPeople)
	s.Handle("POST /orders/{order}/p2p/people", web.Callers, savePeople)
	s.Handle("GET /orders/{order}/p2p/review", web.Callers, reviewCall)
	s.Handle("POST /orders/{order}/p2p/review", web.Callers, confirmCall)

	s.Handle("GET /calendar-feed", web.SignedIn, askFeed)
	s.Handle("POST /calendar-feed", web.SignedIn, newFeed)
	s.Handle("POST /calendar-feed/stop", web.SignedIn, stopFeed)
	s.Handle("POST /calendar-feed/places/{place}", web.Callers, newPlaceFeed)
	s.Handle("POST /calendar-feed/places/{place}/stop", web.Callers, stopPlaceFeed)
	s.Handle("GET /calendar/{token}", web.Public, p.readFeed)

	s.Handle("GET /p2p", web.Callers, listCalls)
	s.HandleLive("GET /p2p/live", web.Callers, liveCalls)
	s.Handle("GET /p2p/{call}", web.Readers, showCall)
	s.Handle("GET /p2p/{call}/confirmed", web.Callers, confirmedCall)
	s.Handle("GET /p2p/{call}/invite.ics", web.Readers, p.invite)
	s.Handle("GET /p2p/{call}/reschedule", web.Callers, askReschedule)
	s.HandleLive("GET /p2p/{call}/reschedule/live", web.Callers, liveTimes)
	s.Handle("POST /p2p/{call}/reschedule", web.Callers, reschedule)
	s.Handle("POST /p2p/{call}/late", web.Callers, sayLate)
	s.Handle("POST /p2p/{call}/link", web.Callers, changeLink)
	s.Handle("GET /p2p/{call}/phone", web.Callers, askPhone)
	s.Handle("POST /p2p/{call}/phone", web.Callers, savePhone)
	s.Handle("GET /p2p/{call}/again", web.Callers, callAgain)
	s.Handle("POST /p2p/{call}/orders/remove", web.Callers, takeOut)
	s.Handle("POST /p2p/{call}/match", web.Callers, goAhead)
	s.Handle("GET /p2p/{call}/usual", web.Callers, askUsual)
	s.Handle("POST /p2p/{call}/usual", web.Callers, saveUsual)
	s.Handle("POST /p2p/{call}/language", web.Callers, askLanguage)
	s.Handle("GET /p2p/{call}/cancel", web.Callers, askCancel)
	s.Handle("POST /p2p/{call}/cancel", web.Callers, cancelCall)
	s.Handle("POST /p2p/{call}/undo", web.Callers, undoCall)
	s.Handle("GET /p2p/{call}/alert", web.Callers, askAlert)
	s.Handle("POST /p2p/{call}/alert", web.Callers, saveAlert)
	s.Handle("POST /p2p/{call}/alert/stop", web.Callers, stopAlert)
	s.Handle("GET /p2p/{call}/earlier", web.Callers, askEarlier)
	s.Handle("POST /p2p/{call}/earlier", web.Callers, takeEarlier)
}

func (p *Pages) registerRequests(s *web.Server) {
	s.Handle("GET /assist", web.Helpers, askAssist)
	s.Handle("POST /assist", web.Helpers, startAssist)
	s.Handle("POST /assist/end", web.Helpers, endAssist)
	s.Handle("GET /requests/new", web.Senders, newRequest)
	s.Handle("POST /requests/new", web.Senders, findPatient)
	s.Handle("GET /requests/{request}", web.Senders, overview)
	s.Handle("GET /requests/{request}/patient", web.Senders, askPatient)
	s.Handle("POST /requests/{request}/patient", web.Senders, findPatient)
	s.Handle("GET /requests/{request}/patient/confirm", web.Senders, askConfirm)
	s.Handle("POST /requests/{request}/patient/confirm", web.Senders, confirmPatient)
	s.Handle("GET /requests/{request}/patient/unlisted", web.Senders, askUnlisted)
	s.Handle("POST /requests/{request}/patient/unlisted", web.Senders, saveUnlisted)
	s.Handle("GET /requests/{request}/order", web.Senders, askOrder)
	s.Handle("POST /requests/{request}/order", web.Senders, saveOrder)
	s.Handle("GET /requests/{request}/order/stop", web.Senders, askStop)
	s.Handle("POST /requests/{request}/order/stop", web.Senders, insist)
	s.Handle("GET /requests/{request}/order/similar", web.Senders, askSimilar)
	s.Handle("POST /requests/{request}/order/similar", web.Senders, goOnAnyway)
	s.Handle("GET /requests/{request}/procedures", web.Senders, offerProcedures)
	s.Handle("GET /requests/{request}/providers", web.Senders, askProviders)
	s.Handle("POST /requests/{request}/providers", web.Senders, saveProviders)
	s.Handle("GET /requests/{request}/clinical", web.Senders, startClinical)
	s.Handle("POST /requests/{request}/clinical", web.Senders, prepareClinical)
	s.Handle("GET /requests/{request}/clinical/{guideline}", web.Senders, askClinical)
	s.Handle("POST /requests/{request}/clinical/{guideline}", web.Senders, saveClinical)
	s.Handle("GET /requests/{request}/clinical/{guideline}/{page}", web.Senders, askClinical)
	s.Handle("POST /requests/{request}/clinical/{guideline}/{page}", web.Senders, saveClinical)
	s.Handle("GET /requests/{request}/clinical/{guideline}/{page}/{question}", web.Senders, offerAnswers)
	s.Handle("POST /requests/{request}/hand", web.Senders, hand)
	s.Handle("POST /requests/{request}/hand-back", web.Senders, handBack)
	s.Handle("GET /requests/{request}/review", web.Senders, askSend)
	s.Handle("POST /requests/{request}/review", web.Senders, sendRequest)
	s.Handle("POST /requests/{request}/extend", web.Senders, extendDraft)
	s.Handle("POST /requests/{request}/signature", web.Senders, askSignature)
	s.Handle("POST /orders/{order}/copy", web.Senders, copyOrder)
	s.Handle("POST /requests/{request}/keep/{page...}", web.Senders, keepTyped)
	s.Handle("POST /requests/{request}/forget/{page...}", web.Senders, dropTyped)
	s.Handle("POST /requests/{request}/take/{part}", web.Senders, takeOver)
	s.Handle("POST /requests/{request}/delete", web.Senders, deleteDraft)
	s.Handle("POST /requests/{request}/restore", web.Senders, restoreDraft)
	s.Handle("GET /orders/{order}/submitted", web.Senders, submitted)
	s.Handle("GET /drafts", web.Senders, listDrafts)
	s.Handle("POST /requests/{request}/eligibility", web.Senders, askPlanAgain)
	s.Handle("GET /eligibility", web.Senders, askEligibility)
	s.Handle("POST /eligibility", web.Senders, checkEligibility)
	s.Handle("GET /eligibility/{eligibility}", web.Senders, showEligibility)
	s.Handle("POST /eligibility/{eligibility}/again", web.Senders, askEligibilityAgain)
	s.Handle("GET /check", web.Senders, askCheck)
	s.Handle("POST /check", web.Senders, answerCheck)
	s.Handle("GET /check/member", web.Senders, askMemberCheck)
	s.Handle("POST /check/member", web.Senders, answerMemberCheck)
	s.Handle("GET /check/{receipt}", web.Senders, showReceipt)
	s.Handle("GET /procedures", web.Public, showProcedures)
	s.Handle("GET /procedures.csv", web.Public, exportProcedures)
	s.Handle("GET /codes/diagnoses", web.Senders, offerCodes)
}

// lines are lines of business as people read them, "type of plan".
var lines = map[string]words.Text{"commercial": "Commercial", "medicare_advantage": "Medicare Advantage", "medicaid": "Medicaid", "marketplace": "Marketplace"}

// lineWords is a line of business as people read it.
func lineWords(code string) words.Text {
	if name := lines[code]; name != "" {
		return name
	}
	return words.AsIs(code)
}

// help is whom to call about a plan.
func help(p plan.Plan, l plan.Line) ui.HelpLine {
	h := ui.HelpLine{Phone: p.Phone, Hours: words.AsIs(p.Hours)}
	if l.Phone != "" {
		h = ui.HelpLine{Phone: l.Phone, Hours: words.AsIs(l.Hours)}
	}
	return h
}
