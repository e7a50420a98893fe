package kustomize

import "slices"

// inOrder sorts what kustomizations say into the order in which it acts: what an included one says comes before
// what the including one says; among included ones the order is that in which they are read.
func inOrder[T any](s *survey, all []T, owner func(T) string) []T {
	lineages := map[string][]int{}
	of := func(item T) []int {
		name := owner(item)
		if _, known := lineages[name]; !known {
			lineages[name] = s.lineage(name)
		}
		return lineages[name]
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b T) int { return compareLineages(of(a), of(b)) })
	return sorted
}

func compareLineages(a, b []int) int {
	for index := range min(len(a), len(b)) {
		if a[index] != b[index] {
			return a[index] - b[index]
		}
	}
	return len(b) - len(a)
}

// lineage are the numbers, in the order of reading, of the kustomizations that lead to one, and its own.
func (s *survey) lineage(name string) []int {
	var numbers []int
	seen := map[string]bool{}
	for !seen[name] {
		seen[name] = true
		numbers = append(numbers, s.levels[name])
		parent, ok := s.parents[name]
		if !ok {
			parent, ok = s.parents[folderOf(name)]
		}
		if !ok {
			break
		}
		name = parent.place.File
	}
	slices.Reverse(numbers)
	return numbers
}
