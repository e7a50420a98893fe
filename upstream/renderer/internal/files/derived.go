package files

import "container/list"

// Derived keeps what was worked out of contents, such as parsed texts, as far as it fits: what was not asked
// for longest is given up first. A key names the content (by its hash) and what was made of it.
type Derived struct {
	limit, weight int
	order         *list.List
	entries       map[any]*list.Element
}

type derivedEntry struct {
	key, value any
	weight     int
}

// NewDerived returns an empty cache for values of a total weight, in bytes as far as they are known.
func NewDerived(limit int) *Derived {
	return &Derived{limit: limit, order: list.New(), entries: map[any]*list.Element{}}
}

// Get finds a value or makes it; make answers its weight too. What is heavier than a quarter of all is not kept.
func Get[T any](d *Derived, key any, make func() (value T, weight int)) T {
	if found, ok := d.entries[key]; ok {
		d.order.MoveToFront(found)
		return found.Value.(*derivedEntry).value.(T)
	}
	value, weight := make()
	if weight > d.limit/4 {
		return value
	}
	d.entries[key] = d.order.PushFront(&derivedEntry{key, value, weight})
	for d.weight += weight; d.weight > d.limit; {
		oldest := d.order.Remove(d.order.Back()).(*derivedEntry)
		delete(d.entries, oldest.key)
		d.weight -= oldest.weight
	}
	return value
}
