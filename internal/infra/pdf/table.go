package pdf

// pad is the room inside a cell.
const pad = 4.0

// table draws rows, the first as heads of the columns, repeated on no other
// page: a letter's tables are short.
func (w *writer) table(rows [][]string) {
	if len(rows) == 0 {
		return
	}
	t := w.root.add("Table")
	wide := w.columns(rows)
	for i, row := range rows {
		w.row(t, wide, row, i == 0)
	}
	w.y += w.leading() * 0.5
}

// columns shares the width out by the longest cell of each column, none less
// than a tenth.
func (w *writer) columns(rows [][]string) []float64 {
	w.f.SetFont(family, "B", w.size)
	most, sum := make([]float64, len(rows[0])), 0.0
	for _, row := range rows {
		for i, cell := range row {
			most[i] = max(most[i], min(w.f.GetStringWidth(cell)+2*pad, column*0.6))
		}
	}
	for i := range most {
		most[i] = max(most[i], column/10)
		sum += most[i]
	}
	for i := range most {
		most[i] *= column / sum
	}
	return most
}

func (w *writer) row(t *node, wide []float64, row []string, head bool) {
	style, tag := "", "TD"
	if head {
		style, tag = "B", "TH"
	}
	w.f.SetFont(family, style, w.size)
	cells, tall := make([][]string, len(row)), 1
	for i, text := range row {
		cells[i] = w.wrap(text, wide[i]-2*pad)
		tall = max(tall, len(cells[i]))
	}
	high := float64(tall)*w.leading() + pad
	w.need(high)
	w.f.SetFont(family, style, w.size)
	tr, top := t.add("TR"), w.y-w.size
	x := margin
	for i, lines := range cells {
		cell := tr.add(tag)
		w.open(cell)
		for k, line := range lines {
			w.f.Text(x+pad, w.y+float64(k)*w.leading(), line)
		}
		w.close()
		x += wide[i]
	}
	w.artifact(func() {
		w.f.SetDrawColor(190, 190, 190)
		w.f.Line(margin, top+high, width-margin, top+high)
	})
	w.y += high
}
