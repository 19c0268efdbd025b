// One station process on ocpp-go: connects, boots, charges a car, and does what the test says on standard input.
// Usage: interop VERSION URL STATION PASSWORD, VERSION being 1.6 or 2.0.1.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"time"

	"github.com/lorenzodonini/ocpp-go/ws"
)

const (
	sampleEvery = 2 * time.Second
	timeFormat  = "2006-01-02T15:04:05.000Z07:00"
)

type reason struct{ v16, v201, trigger string }

var reasons = map[string]reason{
	"Local":  {"Local", "Local", "StopAuthorized"},
	"Remote": {"Remote", "Remote", "RemoteStop"},
	"Reset":  {"SoftReset", "ImmediateReset", "ResetCommand"},
}

// station is what both versions can do.
type station interface {
	start(url string) error
	leave()
	boot(reason string) (string, error)
	plugged() error
	isAccepted(token string) (bool, error)
	begin(token string, remoteStartID *int) (string, float64, error)
	sample(isTriggered bool) error
	stop(reason reason, token string) (any, float64, error)
}

type driver struct {
	version, url, stationID, password string
	outlet                            outlet
	station                           station
	token                             string
	startWh                           float64
}

func (d *driver) connect(reason string) {
	socket := &tappedSocket{Client: ws.NewClient()}
	socket.SetBasicAuth(d.stationID, d.password)
	if d.version == "1.6" {
		d.station = newStation16(d, socket)
	} else {
		d.station = newStation201(d, socket)
	}
	if err := d.station.start(d.url); err != nil {
		say(err)
		os.Exit(1)
	}
	status, err := d.station.boot(reason)
	say(err)
	tell("booted", fields{"status": status})
}

// plugIn: without a token the car waits for a remote start.
func (d *driver) plugIn(token string) {
	d.outlet.plug(true)
	say(d.station.plugged())
	if token == "" {
		return
	}
	isAccepted, err := d.station.isAccepted(token)
	say(err)
	if isAccepted {
		d.begin(token, nil)
	}
}

func (d *driver) begin(token string, remoteStartID *int) {
	d.token = token
	_, startWh, err := d.station.begin(token, remoteStartID)
	d.startWh = startWh
	say(err)
}

func (d *driver) end(why string) {
	d.outlet.plug(false)
	token := ""
	if why == "Local" {
		token = d.token
	}
	transactionID, stopWh, err := d.station.stop(reasons[why], token)
	say(err)
	tell("stopped", fields{"transactionId": transactionID, "meterStartWh": d.startWh, "meterStopWh": stopWh})
}

func (d *driver) reboot() {
	if _, _, _, transactionID := d.outlet.read(); transactionID != "" {
		d.end("Reset")
	}
	d.station.leave()
	tell("closed", nil)
	d.connect("RemoteReset")
}

// charge is the physics, once a second; samples are sent in between.
func (d *driver) charge() {
	last, sampled := time.Now(), time.Time{}
	for now := range time.Tick(time.Second) {
		d.outlet.meter(now.Sub(last))
		last = now
		if _, _, _, transactionID := d.outlet.read(); transactionID != "" && now.Sub(sampled) >= sampleEvery {
			sampled = now
			say(d.station.sample(false))
		}
	}
}

func main() {
	d := &driver{version: os.Args[1], stationID: os.Args[3], url: os.Args[2], password: os.Args[4], outlet: outlet{registerWh: 120_000}}
	d.connect("PowerUp")
	go d.charge()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var command struct{ Do, IDToken string }
		say(json.Unmarshal(lines.Bytes(), &command))
		switch command.Do {
		case "plugIn":
			go d.plugIn(command.IDToken)
		case "depart":
			go d.end("Local")
		}
	}
	d.station.leave()
}
