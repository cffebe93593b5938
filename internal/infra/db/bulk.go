package db

import "strconv"

// BulkRows is how many rows of width columns one statement had best take.
// SQLite looks placeholders up by name, each among all, so that 7,000 in a
// statement take eight times as long as 700; PostgreSQL gains little beyond.
func BulkRows(width int) int { return max(1, 700/width) }

// Tuples returns the placeholders for n rows of width columns:
// "($1,$2),($3,$4)".
func Tuples(n, width int) string {
	b := make([]byte, 0, n*width*6)
	for i := range n * width {
		switch {
		case i == 0:
			b = append(b, "($"...)
		case i%width == 0:
			b = append(b, "),($"...)
		default:
			b = append(b, ",$"...)
		}
		b = strconv.AppendInt(b, int64(i+1), 10)
	}
	return string(append(b, ')'))
}
