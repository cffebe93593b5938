package pdf

import (
	"bytes"
	"fmt"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// tag adds the structure to what was drawn: a tree of elements, each with the
// pieces of content it is made of, and for each page the way back from its
// pieces to their elements (ISO 32000-1 14.7).
func tag(drawn []byte, w *writer) ([]byte, error) {
	ctx, err := api.ReadContext(bytes.NewReader(drawn), settings())
	if err == nil {
		err = ctx.EnsurePageCount()
	}
	if err != nil {
		return nil, fmt.Errorf("reading what was drawn: %w", err)
	}
	t := &tree{x: ctx.XRefTable, parents: make([]types.Array, len(w.marks))}
	for page, n := range w.marks {
		t.parents[page] = make(types.Array, n)
	}
	if err := t.plant(w.root); err != nil {
		return nil, fmt.Errorf("tagging a document: %w", err)
	}
	var out bytes.Buffer
	if err := api.WriteContext(ctx, &out); err != nil {
		return nil, fmt.Errorf("writing a document: %w", err)
	}
	return out.Bytes(), nil
}

// The library would keep a folder of settings in a home.
func init() { api.DisableConfigDir() }

func settings() *model.Configuration {
	c := model.NewDefaultConfiguration()
	c.ValidationMode = model.ValidationRelaxed
	return c
}

// Join puts documents one behind the other, to print them at once. Their
// structure is lost: what is printed is read on paper.
func Join(all [][]byte) ([]byte, error) {
	var in []io.ReadSeeker
	for _, one := range all {
		in = append(in, bytes.NewReader(one))
	}
	var out bytes.Buffer
	if err := api.MergeRaw(in, &out, false, settings()); err != nil {
		return nil, fmt.Errorf("joining documents: %w", err)
	}
	return out.Bytes(), nil
}

type tree struct {
	x       *model.XRefTable
	pages   []types.IndirectRef
	parents []types.Array // by page, the element of each piece
}

func (t *tree) plant(root *node) error {
	for i := range t.parents {
		ref, err := t.x.PageDictIndRef(i + 1)
		if err != nil {
			return err
		}
		page, err := t.x.DereferenceDict(*ref)
		if err != nil {
			return err
		}
		page["StructParents"], page["Tabs"] = types.Integer(i), types.Name("S")
		t.pages = append(t.pages, *ref)
	}
	top := types.Dict{"Type": types.Name("StructTreeRoot")}
	ref, err := t.x.IndRefForNewObject(top)
	if err != nil {
		return err
	}
	kid, err := t.element(root, *ref)
	if err != nil {
		return err
	}
	top["K"] = types.Array{*kid}
	var numbers types.Array
	for i, all := range t.parents {
		list, err := t.x.IndRefForNewObject(all)
		if err != nil {
			return err
		}
		numbers = append(numbers, types.Integer(i), *list)
	}
	parents, err := t.x.IndRefForNewObject(types.Dict{"Nums": numbers})
	if err != nil {
		return err
	}
	top["ParentTree"], top["ParentTreeNextKey"] = *parents, types.Integer(len(t.parents))
	catalog, err := t.x.Catalog()
	if err != nil {
		return err
	}
	catalog["StructTreeRoot"] = *ref
	catalog["MarkInfo"] = types.Dict{"Marked": types.Boolean(true)}
	catalog["ViewerPreferences"] = types.Dict{"DisplayDocTitle": types.Boolean(true)}
	return nil
}

// element writes n and what it is made of, and returns where.
func (t *tree) element(n *node, parent types.IndirectRef) (*types.IndirectRef, error) {
	d := types.Dict{"Type": types.Name("StructElem"), "S": types.Name(n.tag), "P": parent}
	if n.tag == "TH" {
		d["A"] = types.Dict{"O": types.Name("Table"), "Scope": types.Name("Column")}
	}
	ref, err := t.x.IndRefForNewObject(d)
	if err != nil {
		return nil, err
	}
	var kids types.Array
	for _, m := range n.marks {
		kids = append(kids, types.Dict{"Type": types.Name("MCR"), "Pg": t.pages[m.page], "MCID": types.Integer(m.id)})
		t.parents[m.page][m.id] = *ref
	}
	for _, k := range n.kids {
		kid, err := t.element(k, *ref)
		if err != nil {
			return nil, err
		}
		kids = append(kids, *kid)
	}
	d["K"] = kids
	return ref, nil
}
