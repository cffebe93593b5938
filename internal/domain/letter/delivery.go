package letter

import (
	"context"
	"strings"
	"time"

	"parley/internal/infra/db"
)

// A Channel is a way to the reader.
type Channel string

// Channels.
const (
	OnPage  Channel = "portal"
	ByFax   Channel = "fax"
	OnPaper Channel = "print"
)

// A DeliveryStatus is how far a letter came on one way.
type DeliveryStatus string

// Delivery statuses. What is Batched was printed and not yet said to be mailed.
const (
	Waiting DeliveryStatus = "waiting"
	Batched DeliveryStatus = "batched"
	Done    DeliveryStatus = "done"
	Failed  DeliveryStatus = "failed"
)

// A Delivery is one way a letter goes, with its proof.
type Delivery struct {
	ID, LetterID string
	Channel      Channel
	Address      string // number of a fax; "" for others
	Status       DeliveryStatus
	Proof        string // "Mailed", or the number of a fax report
	Error        string // why it failed, as a person said it
	Created      time.Time
	DoneAt       *time.Time
	By           string // who did it, by name; "" for the program
	Batch        string
}

// Words is where a delivery stands: "Sent by fax to a number ending in 0148".
func (d Delivery) Words() string {
	end := ""
	if len(d.Address) > 4 {
		end = " to the number ending in " + d.Address[len(d.Address)-4:]
	}
	switch {
	case d.Channel == OnPage:
		return "On this page"
	case d.Channel == ByFax && d.Status == Done:
		return "Sent by fax" + end
	case d.Channel == ByFax && d.Status == Failed && d.Error == notConfirmed:
		return "Not faxed: the number" + strings.TrimPrefix(end, " to the number") + " is not confirmed. Your administrator confirms it under Organization"
	case d.Channel == ByFax && d.Status == Failed:
		return "The fax" + end + " didn't go through"
	case d.Channel == ByFax:
		return "Will be sent by fax" + end
	case d.Status == Done:
		return "Sent by mail"
	case d.Status == Failed:
		return "Came back from the mail"
	}
	return "Will be sent by mail"
}

func (d Delivery) insert(ctx context.Context, tx *db.Tx, letterID string) error {
	_, err := tx.Exec(ctx, `insert into letter_delivery (id, letter_id, channel, address, status, proof, created_at, done_at, error) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		db.NewID("dlv"), letterID, string(d.Channel), d.Address, string(d.Status), d.Proof, d.Created, d.DoneAt, d.Error)
	return err
}

const deliveryColumns = `id, letter_id, channel, address, status, proof, error, created_at, done_at, by_name, batch`

func scanDelivery(r db.Row) (d Delivery, err error) {
	return d, r.Scan(&d.ID, &d.LetterID, (*string)(&d.Channel), &d.Address, (*string)(&d.Status), &d.Proof, &d.Error, &d.Created, &d.DoneAt, &d.By, &d.Batch)
}

// Deliveries are the ways of some letters, by letter, the first first. Who may
// read the letters may read them.
func Deliveries(ctx context.Context, tx *db.Tx, letters []Letter) (map[string][]Delivery, error) {
	if len(letters) == 0 {
		return nil, nil
	}
	ids := make([]string, len(letters))
	for i, l := range letters {
		ids[i] = l.ID
	}
	list, args := db.In(1, ids)
	all, err := db.All(ctx, tx, scanDelivery, `select `+deliveryColumns+` from letter_delivery where letter_id in `+list+` order by created_at, id`, args...)
	by := map[string][]Delivery{}
	for _, d := range all {
		by[d.LetterID] = append(by[d.LetterID], d)
	}
	return by, err
}
