import { useEffect, useState } from 'react';
import { hashOfShown, type ShownRequest } from './request-hash.ts';

/** What a page knows of the hash that an approval names. */
export interface HashCheck {
	/** Calculated by this browser from what the page shows; null until then, or if a part of the request is not shown. */
	readonly calculated: string | null;
	/** Only an EXACT request may be approved: it is what the page shows. PARTLY_SHOWN can't be checked by this reader. */
	readonly result: 'PENDING' | 'EXACT' | 'DIFFERENT' | 'PARTLY_SHOWN';
}

const PENDING: HashCheck = { calculated: null, result: 'PENDING' };

/** What the hash is calculated from, and the hash that the server states. */
const PARTS: (keyof ShownRequest)[] = [
	'id',
	'requestedById',
	'purpose',
	'reason',
	'ticket',
	'classes',
	'coordinates',
	'recordIds',
	'readBudget',
	'minutes',
	'requestHash',
];

/**
 * Calculates the hash of a request as the page shows it, so that a person agrees to exactly what they have read. An answer that differs in
 * any part of it is pending until its own hash is calculated. One that does not, such as after another approval, leaves open what depends
 * on the hash: a person may be deciding there.
 */
export function useHashCheck(request: ShownRequest, firm: string): HashCheck {
	const [checked, setChecked] = useState<{ readonly shown: string; readonly check: HashCheck } | null>(null);
	const shown = JSON.stringify([request, firm], PARTS);
	useEffect(() => {
		let isCurrent = true;
		const tell = (check: HashCheck) => isCurrent && setChecked({ shown, check });
		checkHash(shown).then(tell, () => tell({ calculated: null, result: 'DIFFERENT' }));
		return () => {
			isCurrent = false;
		};
	}, [shown]);
	return checked?.shown === shown ? checked.check : PENDING;
}

async function checkHash(shown: string): Promise<HashCheck> {
	const [request, firm] = JSON.parse(shown) as [ShownRequest, string];
	const calculated = await hashOfShown(request, firm);
	if (calculated === null) return { calculated, result: 'PARTLY_SHOWN' };
	return { calculated, result: calculated === request.requestHash ? 'EXACT' : 'DIFFERENT' };
}
