import { expect, it, onTestFinished } from 'vitest';
import type { TabLocks } from '../../../src/client/worker/browser-types.ts';
import { TabLock } from '../../../src/client/worker/tab-lock.ts';

const { locks } = globalThis.navigator as unknown as { readonly locks: TabLocks };

/** Tabs of one browser: Node has the same locks and channels. */
function tabs(name: string, count: number) {
	return Array.from({ length: count }, () => {
		const channel = new BroadcastChannel(name);
		onTestFinished(() => channel.close());
		const events: string[] = [];
		const lock = new TabLock({
			locks,
			channel,
			name,
			onFree: () => events.push('FREE'),
			async onTaken() {
				events.push('TAKEN');
			},
		});
		return { lock, events };
	});
}

const mayUse = (lock: TabLock): Promise<boolean> =>
	lock.require().then(
		() => true,
		() => false,
	);

it('one tab has the store; another takes it over before those that wait longer', async () => {
	const [first, second, third] = tabs('take-over', 3);
	if (first === undefined || second === undefined || third === undefined) throw new Error('There are three tabs.');
	expect(await mayUse(first.lock)).toBe(true);
	await expect(second.lock.require()).rejects.toMatchObject({ code: 'CONFLICT', reason: 'other-tab' });
	expect(await mayUse(third.lock)).toBe(false);
	await third.lock.takeOver();
	await expect.poll(() => mayUse(third.lock)).toBe(true);
	expect(await Promise.all([first, second].map(({ lock }) => mayUse(lock)))).toEqual([false, false]);
	expect(first.events).toEqual(['TAKEN']);
});

it('two tabs that take over at once both come to their turn, and one has the store then', async () => {
	const all = tabs('both', 3);
	expect(await mayUse((all[0] as (typeof all)[number]).lock)).toBe(true);
	await Promise.all(all.slice(1).map(({ lock }) => lock.takeOver()));
	const users = await Promise.all(all.map(({ lock }) => mayUse(lock)));
	expect(users.filter((isUser) => isUser).length).toBeLessThanOrEqual(1);
});

it('without locks, the store is not used', async () => {
	const channel = new BroadcastChannel('none');
	onTestFinished(() => channel.close());
	const onTaken = async () => undefined;
	const lock = new TabLock({ locks: undefined, channel, name: 'none', onFree: () => undefined, onTaken });
	await expect(lock.require()).rejects.toMatchObject({ reason: 'store-none' });
});

it('with locks that the browser refuses, the store is not used, and no one waits for it', async () => {
	const channel = new BroadcastChannel('refused');
	onTestFinished(() => channel.close());
	const refusing: TabLocks = { request: () => Promise.reject(new DOMException('Not here.', 'SecurityError')) };
	const onTaken = async () => undefined;
	const lock = new TabLock({ locks: refusing, channel, name: 'refused', onFree: () => undefined, onTaken });
	await expect(lock.takeOver()).rejects.toMatchObject({ reason: 'store-none' });
	await expect(lock.require()).rejects.toMatchObject({ reason: 'store-none' });
});
