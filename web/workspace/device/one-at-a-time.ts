type Step = () => Promise<void>;

/**
 * Runs steps of joining, never two at once: the vault would refuse the second one as out of order, although the first may succeed. What comes
 * while a step runs is run after it, the last one only, because the step may have asked the service too early. A failure ends both.
 */
export function oneAtATime(): (step: Step) => Promise<void> {
	let isRunning = false;
	const waiting: Step[] = [];
	return async (step) => {
		waiting.splice(0, 1, step);
		if (isRunning) return;
		isRunning = true;
		try {
			for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await next();
		} finally {
			isRunning = false;
			waiting.pop();
		}
	};
}
