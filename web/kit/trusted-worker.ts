interface PolicyFactory {
	createPolicy(name: string, rules: { readonly createScriptURL: (url: string) => string }): Policy;
}
interface Policy {
	createScriptURL(url: string): unknown;
}

/** Addresses of the workers that are built with the page. */
const trusted = new Set<string>();
let policy: Policy | undefined;

/**
 * Returns a function that starts the worker at this address. No other script can be started, and text never becomes one. Trusted Types allow
 * a page one policy, this one. A browser without them has the rest of the page's policy. The worker reads `name` as its own.
 */
export function trustWorker(workerUrl: string): (name?: string) => Worker {
	trusted.add(workerUrl);
	policy ??= (globalThis as { readonly trustedTypes?: PolicyFactory }).trustedTypes?.createPolicy('firmseal', {
		createScriptURL(url) {
			if (!trusted.has(url)) throw new TypeError('Only the workers of this page may be started.');
			return url;
		},
	});
	return (name = '') =>
		new Worker((policy?.createScriptURL(workerUrl) ?? workerUrl) as string, { type: 'module', name });
}
