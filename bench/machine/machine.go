// Package machine says what a benchmark ran on and what else went on there. It reads Linux's /proc; elsewhere
// the figures are missing, not wrong.
package machine

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Usage is what happened between Start and Stop.
type Usage struct {
	Wall      time.Duration
	Steal     float64         // percent of all processor time that the host took for others
	Processes []time.Duration // processor time of the processes that were asked for, to 10 ms
}

// MuchSteal is from which percentage of stolen time on a figure says more about the host than about what was
// measured. Benchmarks measure again then, a bounded number of times, and say so.
const MuchSteal = 5.0

// Disturbed reports whether the host took too much.
func (u Usage) Disturbed() bool { return u.Steal > MuchSteal }

// Meter measures Usage.
type Meter struct {
	pids         []int
	begun        time.Time
	steal, total float64
	used         []time.Duration
}

// Start begins to measure the machine and some processes.
func Start(pids ...int) *Meter {
	m := &Meter{pids: pids, begun: time.Now()}
	m.steal, m.total = times()
	for _, pid := range pids {
		m.used = append(m.used, used(pid))
	}
	return m
}

// Stop ends the measurement.
func (m *Meter) Stop() Usage {
	steal, total := times()
	u := Usage{Wall: time.Since(m.begun)}
	if total > m.total {
		u.Steal = 100 * (steal - m.steal) / (total - m.total)
	}
	for i, pid := range m.pids {
		u.Processes = append(u.Processes, used(pid)-m.used[i])
	}
	return u
}

// times are the first line of /proc/stat: what the host took, and everything, in ticks.
func times() (steal, total float64) {
	line, _, _ := strings.Cut(read("/proc/stat"), "\n")
	for i, f := range strings.Fields(line) {
		v, _ := strconv.ParseFloat(f, 64) // the first field is a name
		total += v
		if i == 8 {
			steal = v
		}
	}
	return steal, total
}

// tick is the unit of /proc, the same on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// used is the processor time of a process.
func used(pid int) time.Duration {
	_, after, _ := strings.Cut(read(fmt.Sprintf("/proc/%d/stat", pid)), ") ")
	f := strings.Fields(after)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * tick
}

// Resident is the resident memory of a process in KiB.
func Resident(pid int) (int, error) {
	for line := range strings.Lines(read(fmt.Sprintf("/proc/%d/status", pid))) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
		}
	}
	return 0, fmt.Errorf("no resident memory of process %d", pid)
}

// Load is the load average over one, five and fifteen minutes.
func Load() string {
	f := strings.Fields(read("/proc/loadavg"))
	if len(f) < 3 {
		return "unknown"
	}
	return strings.Join(f[:3], " ")
}

// Description names the machine in one line.
func Description() string {
	model := "unknown processor"
	for line := range strings.Lines(read("/proc/cpuinfo")) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%s, %d cores, %s, %s, load %s", model, cores(), runtime.GOOS+"/"+runtime.GOARCH, runtime.Version(), Load())
}

// cores counts the machine's, whatever of them this process may use.
func cores() int { return max(strings.Count(read("/proc/cpuinfo"), "processor\t:"), runtime.NumCPU()) }

func read(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(b)
}
