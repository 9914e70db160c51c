interface PolicyFactory {
	createPolicy(
		name: string,
		rules: { readonly createScriptURL: (url: string) => string },
	): { createScriptURL(url: string): unknown };
}

/**
 * Returns a function that starts the worker at this address: the only script that the page may start, and text never becomes one. Call it once,
 * because Trusted Types allow a page one policy, this one. A browser without them has the rest of the page's policy.
 */
export function trustWorker(workerUrl: string): () => Worker {
	const policy = (globalThis as { readonly trustedTypes?: PolicyFactory }).trustedTypes?.createPolicy('firmseal', {
		createScriptURL(url) {
			if (url !== workerUrl) throw new TypeError('Only the worker of this page may be started.');
			return url;
		},
	});
	return () => new Worker((policy?.createScriptURL(workerUrl) ?? workerUrl) as string, { type: 'module' });
}
