import { expect, it, vi } from 'vitest';
import { endAfter } from '../../src/cli/until-stopped.ts';
import { steppedClock } from '../support/stepped-clock.ts';

it('a process that receives a signal to stop ends within three seconds, even if its work does not', async () => {
	const ends = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
	try {
		const clock = steppedClock();
		const ending = endAfter(clock, new Promise(() => {}), 130);
		await clock.asleep();
		await clock.advance(1_000);
		expect(ends).not.toHaveBeenCalled();
		await clock.advance(2_000);
		await ending;
		expect(ends.mock.calls).toEqual([[130]]);
	} finally {
		ends.mockRestore();
	}
});
