package app

import (
	"context"

	"parley/internal/domain/code"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// demoProcedures are the list of what needs authorization, in our own words.
var demoProcedures = []struct {
	program string
	needed  bool
	plan.Procedure
}{
	{"msk", true, plan.Procedure{System: "CPT", Code: "72148", Wording: "MRI, lower back", Also: "lumbar spine without contrast L-spine"}},
	{"msk", true, plan.Procedure{System: "CPT", Code: "72141", Wording: "MRI, neck", Also: "cervical spine without contrast C-spine"}},
	{"radiology", true, plan.Procedure{System: "CPT", Code: "72141", Wording: "MRI, neck", Also: "cervical spine without contrast C-spine"}},
	{"msk", true, plan.Procedure{System: "CPT", Code: "29881", Wording: "Knee arthroscopy", Also: "meniscus surgery", Sides: true}},
	{"msk", true, plan.Procedure{System: "CPT", Code: "27447", Wording: "Knee replacement", Also: "total arthroplasty joint", Sides: true}},
	{"msk", true, plan.Procedure{System: "CPT", Code: "20610", Wording: "Injection, large joint", Also: "knee shoulder hip", Sides: true, MostUnits: 3, Unit: "injections"}},
	{"msk", true, plan.Procedure{System: "CPT", Code: "97110", Wording: "Therapy exercises", Also: "physical therapy", MostUnits: 30, Unit: "visits"}},
	{"radiology", true, plan.Procedure{System: "CPT", Code: "70551", Wording: "MRI, brain", Also: "head"}},
	{"radiology", true, plan.Procedure{System: "CPT", Code: "74177", Wording: "CT, belly and pelvis", Also: "abdomen scan"}},
	{"cardiology", true, plan.Procedure{System: "CPT", Code: "93306", Wording: "Heart ultrasound", Also: "echocardiogram echo transthoracic TTE"}},
	{"cardiology", true, plan.Procedure{System: "CPT", Code: "78452", Wording: "Heart stress imaging", Also: "nuclear SPECT"}},
	{"sleep", true, plan.Procedure{System: "CPT", Code: "95810", Wording: "Sleep study in a lab", Also: "polysomnography PSG"}},
	{"sleep", true, plan.Procedure{System: "HCPCS", Code: "E0601", Wording: "CPAP machine", Also: "airway pressure", MostUnits: 13, Unit: "months"}},
	{"dme", true, plan.Procedure{System: "HCPCS", Code: "K0861", Wording: "Power wheelchair", Also: "mobility group 3"}},
	{"general", false, plan.Procedure{System: "CPT", Code: "99213", Wording: "Office visit", Also: "established patient"}},
	{"radiology", false, plan.Procedure{System: "CPT", Code: "71046", Wording: "Chest X-ray", Also: "two views"}},
}

// demoDiagnoses are some codes of ICD-10-CM, which is in the public domain; an
// installation imports all of them.
var demoDiagnoses = []struct{ code, words string }{
	{"M5450", "Low back pain, unspecified"},
	{"M5451", "Vertebrogenic low back pain"},
	{"M5459", "Other low back pain"},
	{"M5416", "Radiculopathy, lumbar region"},
	{"M5417", "Radiculopathy, lumbosacral region"},
	{"M5431", "Sciatica, right side"},
	{"M5432", "Sciatica, left side"},
	{"M48061", "Spinal stenosis, lumbar region without neurogenic claudication"},
	{"M48062", "Spinal stenosis, lumbar region with neurogenic claudication"},
	{"M4316", "Spondylolisthesis, lumbar region"},
	{"S39012A", "Strain of muscle, fascia and tendon of lower back, initial encounter"},
	{"G834", "Cauda equina syndrome"},
	{"M23204", "Derangement of unspecified medial meniscus due to old tear or injury, left knee"},
	{"M23221", "Derangement of posterior horn of medial meniscus due to old tear or injury, right knee"},
	{"M23222", "Derangement of posterior horn of medial meniscus due to old tear or injury, left knee"},
	{"M1710", "Unilateral primary osteoarthritis, unspecified knee"},
	{"M1711", "Unilateral primary osteoarthritis, right knee"},
	{"M1712", "Unilateral primary osteoarthritis, left knee"},
	{"M25561", "Pain in right knee"},
	{"M25562", "Pain in left knee"},
	{"S83241A", "Other tear of medial meniscus, current injury, right knee, initial encounter"},
	{"R519", "Headache, unspecified"},
	{"G43909", "Migraine, unspecified, not intractable, without status migrainosus"},
	{"R109", "Unspecified abdominal pain"},
	{"R1031", "Right lower quadrant pain"},
	{"K5732", "Diverticulitis of large intestine without perforation or abscess without bleeding"},
	{"R011", "Cardiac murmur, unspecified"},
	{"I350", "Nonrheumatic aortic (valve) stenosis"},
	{"I509", "Heart failure, unspecified"},
	{"I5022", "Chronic systolic (congestive) heart failure"},
	{"R0602", "Shortness of breath"},
	{"R0609", "Other forms of dyspnea"},
	{"R079", "Chest pain, unspecified"},
	{"I2510", "Atherosclerotic heart disease of native coronary artery without angina pectoris"},
	{"I4891", "Unspecified atrial fibrillation"},
	{"I10", "Essential (primary) hypertension"},
	{"G4733", "Obstructive sleep apnea (adult) (pediatric)"},
	{"G4730", "Sleep apnea, unspecified"},
	{"G4731", "Primary central sleep apnea"},
	{"R0683", "Snoring"},
	{"G4710", "Hypersomnia, unspecified"},
	{"G8220", "Paraplegia, unspecified"},
	{"G8250", "Quadriplegia, unspecified"},
	{"G1221", "Amyotrophic lateral sclerosis"},
	{"G114", "Hereditary spastic paraplegia"},
	{"G800", "Spastic quadriplegic cerebral palsy"},
	{"M6281", "Muscle weakness (generalized)"},
	{"M62838", "Other muscle spasm"},
	{"I69351", "Hemiplegia and hemiparesis following cerebral infarction affecting right dominant side"},
}

func (s *seeder) addLists(ctx context.Context, tx *db.Tx) error {
	for _, d := range demoProcedures {
		p := d.Procedure
		p.ProgramID, p.Needed, p.From = s.program[d.program].ID, d.needed, s.today.AddDays(-365)
		if err := plan.SaveProcedure(ctx, tx, s.by, p); err != nil {
			return err
		}
	}
	var codes []code.Code
	for i, d := range demoDiagnoses {
		codes = append(codes, code.Code{System: code.ICD10CM, Code: d.code, Billable: true, Short: d.words, Long: d.words, Position: i + 1, Edition: "demo"})
	}
	_, err := code.Save(ctx, tx, s.by, codes)
	return err
}
