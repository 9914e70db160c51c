import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds. */
const SAMPLE_PERIOD = 2;

/** Runs `work` and returns by how many bytes the resident memory of the process grew at most. */
export async function measureMemory<T>(
	work: () => Promise<T>,
): Promise<{ readonly result: T; readonly bytes: number }> {
	// Loading the program leaves much more garbage than the work makes.
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	for (let n = 0; n < 3; n++) collect();
	const before = process.memoryUsage.rss();
	let peak = before;
	const sample = () => {
		peak = Math.max(peak, process.memoryUsage.rss());
	};
	const timer = setInterval(sample, SAMPLE_PERIOD);
	try {
		const result = await work();
		sample();
		return { result, bytes: peak - before };
	} finally {
		clearInterval(timer);
	}
}
