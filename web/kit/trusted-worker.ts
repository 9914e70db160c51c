// oxlint-disable-next-line import/default -- Vite builds the worker as a file of its own, and gives its address.
import logWorkerUrl from './log/worker.ts?worker&url';

interface PolicyFactory {
	createPolicy(
		name: string,
		rules: { readonly createScriptURL: (url: string) => string },
	): { createScriptURL(url: string): unknown };
}

/** The only scripts that a page may start: text never becomes one. */
const WORKERS = { log: logWorkerUrl } as const;

/** Trusted Types: a page may have one policy, this one. A browser without them has the rest of the policy. */
const policy = (globalThis as { readonly trustedTypes?: PolicyFactory }).trustedTypes?.createPolicy('firmseal', {
	createScriptURL(url) {
		if (!Object.values(WORKERS).includes(url)) throw new TypeError('Only the workers of this page may be started.');
		return url;
	},
});

/** Starts one of the workers of these pages. */
export function startTrustedWorker(name: keyof typeof WORKERS): Worker {
	const url = WORKERS[name];
	return new Worker((policy?.createScriptURL(url) ?? url) as string, { type: 'module' });
}
