// What the test sees of this station: one JSON object a line on standard output, every frame of the socket included.
// OCPP itself is the library's.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"sync"
	"time"

	"github.com/lorenzodonini/ocpp-go/ws"
)

type fields map[string]any

var output sync.Mutex

// tell writes one line for the test; `at` is the machine's clock [ms].
func tell(event string, more fields) {
	line := fields{"event": event, "at": time.Now().UnixMilli()}
	for name, value := range more {
		line[name] = value
	}
	text, _ := json.Marshal(line)
	output.Lock()
	defer output.Unlock()
	os.Stdout.Write(append(text, '\n'))
}

// say reports a fault of either side: the test fails on it.
func say(err error) {
	if err != nil {
		tell("problem", fields{"what": err.Error()})
	}
}

// tappedSocket is the library's socket; it tells every frame, and runs what was put off until our answer has been written.
type tappedSocket struct {
	*ws.Client
	mutex sync.Mutex
	then  []func()
}

func (socket *tappedSocket) Write(data []byte) error {
	tell("frame", fields{"direction": "sent", "text": string(data)})
	err := socket.Client.Write(data)
	say(err)
	if bytes.HasPrefix(data, []byte("[3,")) {
		socket.mutex.Lock()
		waiting := socket.then
		socket.then = nil
		socket.mutex.Unlock()
		for _, next := range waiting {
			go next()
		}
	}
	return err
}

func (socket *tappedSocket) SetMessageHandler(handler func(data []byte) error) {
	socket.Client.SetMessageHandler(func(data []byte) error {
		tell("frame", fields{"direction": "received", "text": string(data)})
		err := handler(data)
		say(err)
		return err
	})
}

// afterAnswer runs `next` once the answer to the call being handled was written.
func (socket *tappedSocket) afterAnswer(next func()) {
	socket.mutex.Lock()
	defer socket.mutex.Unlock()
	socket.then = append(socket.then, next)
}
