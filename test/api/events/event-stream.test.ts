import { describe, expect, it } from 'vitest';
import type { ChangeEvent, Principal } from '../../../src/access/index.ts';
import { EventStream } from '../../../src/api/events/event-stream.ts';
import { FirmsealError } from '../../../src/errors.ts';

const OWNER: Principal = {
	kind: 'firm',
	user: 'u',
	person: 'p',
	firm: 'f',
	role: 'OWNER',
	client: null,
	proven: true,
};
const eventOf = (id: string): ChangeEvent => ({
	kind: 'LEASE',
	type: 'BreakGlassLease',
	id,
	firmId: 'f',
	isForOwners: false,
});

/** A stream whose person has the rights that `identify` returns. */
function makeStream(identify: () => Principal = () => OWNER) {
	let time = 0;
	let reads = 0;
	const sent: string[] = [];
	const stream = new EventStream({
		principal: OWNER,
		now: () => time,
		async identify() {
			reads += 1;
			return identify();
		},
		filterShared: async (_, events) => events,
		writer: {
			send: (event, data) => void sent.push(`${event} ${JSON.stringify(data)}`),
			beat: () => void sent.push('beat'),
			end: (reason) => void sent.push(`end ${reason}`),
		},
	});
	return {
		stream,
		sent,
		reads: () => reads,
		async pass(milliseconds: number) {
			time += milliseconds;
			await stream.flush();
		},
	};
}

describe('a stream of events', () => {
	it('reads the rights before it sends anything, and at most once a second', async () => {
		const { stream, sent, reads, pass } = makeStream();
		stream.add(eventOf('a'));
		await pass(999);
		expect([reads(), sent]).toEqual([0, []]);
		await pass(1);
		expect([reads(), sent]).toEqual([1, ['LEASE {"kind":"LEASE","id":"a","firmId":"f"}']]);
		stream.add(eventOf('b'));
		await pass(500);
		expect([reads(), sent.length]).toEqual([1, 1]);
		await pass(500);
		expect([reads(), sent.length]).toEqual([2, 2]);
	});

	it('ends when the token has expired, although nothing waits', async () => {
		let isExpired = false;
		const { sent, pass } = makeStream(() => {
			if (isExpired) throw new FirmsealError('UNAUTHENTICATED', 'The token has expired: sign in again.');
			return OWNER;
		});
		await pass(1_500);
		isExpired = true;
		await pass(1_499);
		expect(sent).toEqual([]);
		await pass(1);
		expect(sent).toEqual(['end UNAUTHENTICATED']);
	});

	it('sends nothing after its end', async () => {
		const { stream, sent, pass } = makeStream();
		stream.end('DRAINING');
		stream.add(eventOf('a'));
		await pass(5_000);
		stream.end('FORBIDDEN');
		expect(sent).toEqual(['end DRAINING']);
	});

	it('sends what waits with the rights of that moment', async () => {
		const { stream, sent, pass } = makeStream(() => ({ ...OWNER, role: 'MEMBER' }));
		stream.add(eventOf('a'));
		await pass(5_000);
		expect(sent).toEqual(['resync {}']);
	});

	it.each([
		['of another firm', { ...OWNER, firm: 'other' }],
		['of a client', { ...OWNER, role: 'CLIENT', client: 'c' }],
		[
			'of the platform',
			{ kind: 'operator', user: 'u', person: 'p', roles: new Set(['OPERATOR'] as const), proven: true },
		],
	] as const)('ends when the account has become one %s', async (_, principal) => {
		const { stream, sent, pass } = makeStream(() => principal);
		stream.add(eventOf('a'));
		await pass(1_000);
		expect(sent).toEqual(['end FORBIDDEN']);
	});

	it('keeps what waits while the rights can’t be read, sends none of it, and ends after ten seconds', async () => {
		let isAway = true;
		const { stream, sent, pass } = makeStream(() => {
			if (isAway) throw new FirmsealError('AUDIT_UNAVAILABLE', 'The database is unreachable.');
			return OWNER;
		});
		stream.add(eventOf('a'));
		await pass(9_000);
		expect(sent).toEqual([]);
		isAway = false;
		await pass(1_000);
		expect(sent).toHaveLength(1);
		isAway = true;
		await pass(10_000);
		expect(sent.at(-1)).toBe('end UNAVAILABLE');
	});

	it('sends one event for an object that changed often, and one resync for too many objects', async () => {
		const { stream, sent, pass } = makeStream();
		for (let time = 0; time < 1_000; time += 1) stream.add(eventOf('a'));
		await pass(1_000);
		expect(sent).toHaveLength(1);
		for (let time = 0; time < 501; time += 1) stream.add(eventOf(`${time}`));
		await pass(5_000);
		expect(sent.slice(1)).toEqual(['resync {}']);
		stream.resync();
		await pass(4_999);
		expect(sent).toHaveLength(2);
		await pass(1_000);
		expect(sent).toHaveLength(3);
	});
});
