/**
 * fetch() for a body whose progress a person watches: browsers report that only by XMLHttpRequest. It ends as fetch() does: with an answer,
 * or a TypeError if there is none, or an AbortError.
 */
export function sendWithProgress(
	address: string,
	{ method = 'PUT', headers, body, signal }: RequestInit,
	onProgress: (sent: number) => void,
): Promise<Response> {
	const { promise, resolve, reject } = Promise.withResolvers<Response>();
	const request = new XMLHttpRequest();
	request.open(method, address);
	for (const [name, value] of new Headers(headers)) request.setRequestHeader(name, value);
	request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
	request.addEventListener('load', () => resolve(responseOf(request)));
	request.addEventListener('error', () => reject(new TypeError('The server did not answer.')));
	const abort = () => {
		request.abort();
		reject(new DOMException('The request was given up.', 'AbortError'));
	};
	if (signal?.aborted) abort();
	else {
		signal?.addEventListener('abort', abort, { once: true });
		onProgress(0);
		request.send((body ?? null) as XMLHttpRequestBodyInit | null);
	}
	return promise.finally(() => signal?.removeEventListener('abort', abort));
}

/** Statuses whose answer has no body. */
const BODILESS = [101, 204, 205, 304];

function responseOf(request: XMLHttpRequest): Response {
	const headers = new Headers();
	for (const line of request.getAllResponseHeaders().split('\r\n')) {
		const colon = line.indexOf(':');
		if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
	}
	const { status } = request;
	return new Response(BODILESS.includes(status) ? null : request.responseText, { status, headers });
}
