import type { Attempt } from './provider.ts';

/** While the person is at the provider, this tab keeps the attempt. It holds no token, and is removed when it is read. */
const NAME = 'firmseal:attempt';

export const keepAttempt = (attempt: Attempt): void => sessionStorage.setItem(NAME, JSON.stringify(attempt));

/** The attempt of this tab, which can't be taken twice; null if there is none. */
export function takeAttempt(): Attempt | null {
	const text = sessionStorage.getItem(NAME);
	sessionStorage.removeItem(NAME);
	return text === null ? null : (JSON.parse(text) as Attempt);
}
