import type { ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { EventWriter } from '../../../src/api/events/event-writer.ts';

/** An answer whose reader takes bytes only when the test lets it. */
function answerOf() {
	const written: string[] = [];
	const waiting: (() => void)[] = [];
	const socket = new Duplex({ read() {}, write() {} });
	const raw = Object.assign(new Duplex({ read() {} }), {
		req: { socket },
		writeHead: () => {},
		write(text: string, done: () => void) {
			written.push(text);
			waiting.push(done);
			return true;
		},
	});
	return {
		raw: raw as unknown as ServerResponse,
		written,
		take() {
			for (const done of waiting.splice(0)) done();
		},
	};
}

it('cuts a reader who takes no bytes, and writes no more', () => {
	const { raw, written, take } = answerOf();
	let cuts = 0;
	const writer = new EventWriter(raw, () => {
		cuts += 1;
	});
	const event = { id: 'x'.repeat(1_000) };
	for (let time = 0; time < 60; time += 1) writer.send('LEASE', event);
	expect(cuts).toBe(0);
	// A reader who catches up in time loses nothing.
	take();
	for (let time = 0; time < 200; time += 1) writer.send('LEASE', event);
	expect(cuts).toBe(1);
	const { length } = written;
	expect(length).toBeLessThan(130);
	writer.beat();
	writer.end('DRAINING');
	expect(written).toHaveLength(length);
});
