/** A clock that stands still until the test steps it. */
export class SteppedTime {
	#now: number;

	constructor(now = Date.UTC(2026, 11, 2, 8)) {
		this.#now = now;
	}

	now(): number {
		return this.#now;
	}

	step(milliseconds: number): void {
		this.#now += milliseconds;
	}
}

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
