package main

import (
	"fmt"
	"slices"
	"time"

	"echowall/bench/machine"
)

// The targets.
const (
	wantRatio = 1.2
	flat      = 1.10 // resident memory at the end, relative to the middle of the run
)

// report prints medians of the measured rounds and whether the targets are met.
func report(echo, wall, bare *contender) {
	for _, c := range []*contender{echo, wall, bare} {
		fmt.Printf("%s median: %.0f req/s, p50 %.1f ms, p99 %.1f ms, processor time %.0f µs a request; memory %.1f MiB after the warm-up, %.1f in the middle, %.1f at the end\n",
			c.name, c.median(func(r result) float64 { return r.rate }),
			c.median(func(r result) float64 { return ms(r.p50) }), c.median(func(r result) float64 { return ms(r.p99) }),
			c.median(func(r result) float64 { return float64(r.cost.Microseconds()) }),
			mib(c.memory[0]), mib(c.middle()), mib(c.memory[len(c.memory)-1]))
	}
	rate := func(r result) float64 { return r.rate }
	p99 := func(r result) float64 { return ms(r.p99) }
	var ratios []float64
	for i := range wall.measured() {
		ratios = append(ratios, wall.measured()[i].rate/echo.measured()[i].rate)
	}
	// The machine is not the same from one minute to the next; within a round it nearly is.
	fmt.Printf("%d rounds count; in %d others the host took more than %.0f %% from one of the three\n", len(ratios), len(wall.results)-1-len(ratios), machine.MuchSteal)
	fmt.Printf("ratio %.2f, the median of the rounds (want at least %.2f); of medians %.2f; by round %.2f\n",
		median(slices.Clone(ratios)), wantRatio, wall.median(rate)/echo.median(rate), ratios)
	fmt.Printf("floor (this callback and one SET, nothing else): %.2f times the echo\n", bare.median(rate)/echo.median(rate))
	fmt.Printf("p99 %.1f ms, echo %.1f ms (want not above)\n", wall.median(p99), echo.median(p99))
	growth := float64(wall.memory[len(wall.memory)-1]) / float64(wall.middle())
	fmt.Printf("memory at the end %.2f times that in the middle (want at most %.2f)\n", growth, flat)
}

// measured are the rounds that count.
func (c *contender) measured() []result {
	return slices.DeleteFunc(slices.Clone(c.results), func(r result) bool { return !r.counts })
}

func (c *contender) middle() int { return c.memory[len(c.memory)/2] }

func (c *contender) median(of func(result) float64) float64 {
	var values []float64
	for _, r := range c.measured() {
		values = append(values, of(r))
	}
	return median(values)
}

// median sorts values.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func mib(kib int) float64 { return float64(kib) / 1024 }
