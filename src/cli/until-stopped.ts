/** Milliseconds. Ctrl-C under npm arrives twice: from the terminal, and passed on by npm. */
const SAME_SIGNAL = 1_000;

/**
 * Resolves at the first SIGINT or SIGTERM, also one that comes before anybody waits; a later one ends the process at once, after
 * `atOnce`. A child process with a channel to its parent stops when the parent is gone, however that ended.
 * To be called before anything is started that would be left behind.
 */
export function untilStopped(atOnce = () => {}): Promise<void> {
	return new Promise((resolve) => {
		let first: number | null = null;
		const stop = () => {
			if (first !== null && performance.now() - first > SAME_SIGNAL) {
				atOnce();
				process.exit(130);
			}
			first ??= performance.now();
			resolve();
		};
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
		if (process.channel) {
			process.once('disconnect', resolve);
			// The channel alone keeps nobody running.
			process.channel.unref();
		}
	});
}
