import type { TestModule } from 'vitest/node';

declare module 'vitest' {
	interface TaskMeta {
		/** CPU-seconds of the worker and its descendants while the file ran. */
		cpuSeconds?: number;
	}
}

/** Of the files whose every test ran: a cancelled file has taken less than it takes. */
export function cpuSecondsOf(modules: readonly TestModule[]): ReadonlyMap<string, number> {
	const durations = new Map<string, number>();
	for (const module of modules) {
		const { cpuSeconds } = module.meta();
		if (module.ok() && cpuSeconds !== undefined) durations.set(module.relativeModuleId, cpuSeconds);
	}
	return durations;
}
