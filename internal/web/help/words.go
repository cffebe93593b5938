package help

import "parley/internal/words"

// A term is a word of the field, and what we mean by it.
type term struct{ Word, Meaning words.Text }

// ID is where a link to the term leads.
func (t term) ID() string { return slugOf(t.Word.String()) }

var terms = []term{
	{"Adverse determination", "A decision to deny, reduce or end a service. Only a physician reviewer can make one. On your pages it reads \"Denied\" or \"Approved in part\"."},
	{"Appeal", "A formal dispute of a decision, with rights and deadlines set by law. When waiting could harm the patient it is an expedited appeal."},
	{"Approved in part", "Some of the services or units that were asked for are approved, and others are not."},
	{"Authorization", "The plan's permission for a service, and the number that proves it. It is not a promise of payment."},
	{"Business day", "A day on which the health plan works. Weekends and the plan's own holidays are not business days."},
	{"Certification", "An older word for an approval."},
	{"CPT", "Current Procedural Terminology: five-character codes for what physicians do."},
	{"Criterion", "One rule of a guideline. It is met, not met, or not shown, which means that the records say nothing about it."},
	{"Date of service", "The day on which the patient gets the service."},
	{"Delegated", "Work that a health plan has given to us. What is not delegated, the plan does itself."},
	{"Determination", "The formal decision about an order, made service by service."},
	{"Discussion only", "A peer-to-peer call that explains a decision but can't change it. The way to change it is then an appeal."},
	{"Eligibility", "Whether a person is covered by a plan on a given day."},
	{"Expedited", "Decided sooner than usual, because the patient's health can't wait."},
	{"External review", "A look at a denial by somebody independent of the plan, after its own appeals."},
	{"Guideline", "A published document that says when a service is medically necessary."},
	{"ICD-10", "International Classification of Diseases, tenth revision: codes for diagnoses."},
	{"In-network", "Under contract with the patient's plan."},
	{"Medical necessity", "That a service is right for this patient's condition by accepted standards, and not only for convenience."},
	{"Member ID", "The number on the patient's insurance card."},
	{"Minimum necessary", "The rule that nobody asks for or looks at more of a patient's data than the task needs."},
	{"Modifier", "Two characters after a procedure code that say more, such as which side of the body."},
	{"NPI", "National Provider Identifier: the ten-digit number of a provider or an organization. Its last digit guards against typing errors."},
	{"Order", "What an office sent us and can follow here, under its own number. Before it is sent it is a request."},
	{"Peer", "A clinician who may speak for the patient's side in a call: the one who ordered the service or, where the plan allows, a colleague."},
	{"Peer-to-peer", "A call between the ordering side and a physician reviewer about an order. After the first mention we say call."},
	{"Pended", "A word in other systems for an order that waits. Here it reads \"In review\" or \"More information needed\"."},
	{"Place of service", "The kind of place where the service happens, such as an office or a hospital."},
	{"Plan", "The health plan: whoever insures the patient. Also called payer."},
	{"Prior authorization", "Asking for an authorization before the service is given."},
	{"Program", "Services that are reviewed in the same way, such as imaging."},
	{"Provider", "A clinician or an organization that treats patients. The ordering provider asks for the service, the rendering one gives it."},
	{"Reconsideration", "A new look at a decision with new information, before an appeal. Plans have their own names for it."},
	{"Rendering site", "Where the service is given."},
	{"Retrospective review", "A review after the service was given."},
	{"Same specialty", "That the reviewing physician works in the field of the service that is reviewed."},
	{"Standard", "Decided in the usual time, when nothing makes the order urgent."},
	{"TIN", "Taxpayer Identification Number: the nine-digit number by which an organization pays taxes."},
	{"Type of plan", "Commercial, Medicare Advantage, Medicaid and so on. Also called line of business, LOB."},
	{"Units", "How many of a service are asked for, such as visits."},
	{"Urgent", "An order for which the usual time would put the patient at risk."},
	{"Utilization management", "Reviewing whether services are medically necessary before, while or after they are given."},
	{"Voided", "An order that was entered in error and has no effect."},
	{"Withdrawn", "An order that its office took back."},
}
