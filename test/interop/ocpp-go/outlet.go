// One outlet with its meter, its charging profiles and a car that takes whatever it is allowed.
// Stacks profiles by itself (OCPP 1.6 section 3.13, 2.0.1 K01): nothing of the tested product is used.
package main

import (
	"math"
	"sort"
	"sync"
	"time"
)

const (
	carA     = 32.0
	leastA   = 6.0
	voltageV = 230.0
	phases   = 3.0
)

type period struct {
	start int
	limit float64
}

// profile is what both versions have in common; limits in A.
type profile struct {
	outlet, id, level    int
	purpose, transaction string
	startsAt             time.Time
	duration             *int
	unit                 string
	periods              []period
}

type outlet struct {
	mutex         sync.Mutex
	registerWh    float64
	isPlugged     bool
	transactionID string
	drawA         float64
	profiles      []profile
}

func (o *outlet) install(added profile) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	kept := []profile{added}
	for _, old := range o.profiles {
		isSamePlace := old.outlet == added.outlet && old.purpose == added.purpose && old.level == added.level && old.transaction == added.transaction
		if old.id != added.id && !isSamePlace {
			kept = append(kept, old)
		}
	}
	o.profiles = kept
	tell("profile", fields{"purpose": added.purpose, "limitA": added.limitAt(time.Now())})
	o.followLocked()
}

func (o *outlet) begin(transactionID string) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.transactionID = transactionID
	o.followLocked()
}

func (o *outlet) end() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.transactionID = ""
	kept := []profile{}
	for _, each := range o.profiles {
		if each.purpose != "TxProfile" {
			kept = append(kept, each)
		}
	}
	o.profiles = kept
	o.followLocked()
}

func (o *outlet) plug(isPlugged bool) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.isPlugged = isPlugged
	o.followLocked()
}

// read answers register [Wh], current [A] and power [W].
func (o *outlet) read() (float64, float64, float64, string) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.registerWh, o.drawA, o.drawA * voltageV * phases, o.transactionID
}

// roundUp sets the register to the next whole Wh and answers it.
func (o *outlet) roundUp() int {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.registerWh = math.Ceil(o.registerWh)
	return int(o.registerWh)
}

func (o *outlet) meter(passed time.Duration) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.registerWh += o.drawA * voltageV * phases * passed.Hours()
	o.followLocked()
}

// followLocked: the car takes what it may at once; every change of the current is told.
func (o *outlet) followLocked() {
	draw := 0.0
	if o.isPlugged && o.transactionID != "" {
		draw = o.limitLocked(time.Now())
	}
	if draw < leastA {
		draw = 0
	}
	if draw != o.drawA {
		o.drawA = draw
		tell("draw", fields{"currentA": draw})
	}
}

// limitLocked: the transaction's profile, else the default, never above the maximum.
func (o *outlet) limitLocked(at time.Time) float64 {
	best := func(purposes ...string) *float64 {
		var found *float64
		level := -1
		for _, each := range o.profiles {
			limit := each.limitAt(at)
			isOurs := each.transaction == "" || each.transaction == o.transactionID
			if limit != nil && isOurs && each.level > level && contains(purposes, each.purpose) {
				found, level = limit, each.level
			}
		}
		return found
	}
	limit := carA
	own := (*float64)(nil)
	if o.transactionID != "" {
		own = best("TxProfile")
	}
	if own == nil {
		own = best("TxDefaultProfile")
	}
	for _, bound := range []*float64{own, best("ChargePointMaxProfile", "ChargingStationMaxProfile")} {
		if bound != nil {
			limit = math.Min(limit, *bound)
		}
	}
	return limit
}

// composite answers the periods of the next `duration` seconds in A.
func (o *outlet) composite(duration int) []period {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	now := time.Now()
	starts := []int{0}
	for _, each := range o.profiles {
		for _, step := range each.periods {
			starts = append(starts, int(each.startsAt.Sub(now).Seconds())+step.start)
		}
	}
	sort.Ints(starts)
	found := []period{}
	for _, start := range starts {
		if start < 0 || start >= duration {
			continue
		}
		limit := o.limitLocked(now.Add(time.Duration(start) * time.Second))
		if len(found) == 0 || found[len(found)-1].limit != limit {
			found = append(found, period{start, limit})
		}
	}
	return found
}

// limitAt answers nil before the schedule starts and after its duration.
func (p profile) limitAt(at time.Time) *float64 {
	passed := at.Sub(p.startsAt).Seconds()
	if passed < 0 || (p.duration != nil && passed >= float64(*p.duration)) {
		return nil
	}
	var limit *float64
	for _, step := range p.periods {
		if float64(step.start) <= passed {
			value := step.limit
			if p.unit == "W" {
				value /= voltageV * phases
			}
			limit = &value
		}
	}
	return limit
}

func contains(names []string, name string) bool {
	for _, each := range names {
		if each == name {
			return true
		}
	}
	return false
}
