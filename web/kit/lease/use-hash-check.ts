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

/**
 * Calculates the hash of a request as the page shows it, so that a person agrees to exactly what they have read. A newer answer is pending
 * until its own hash is calculated.
 */
export function useHashCheck(request: ShownRequest, firm: string): HashCheck {
	const [checked, setChecked] = useState<{ readonly request: ShownRequest; readonly check: HashCheck } | null>(null);
	useEffect(() => {
		let isCurrent = true;
		const tell = (check: HashCheck) => isCurrent && setChecked({ request, check });
		checkHash(request, firm).then(tell, () => tell({ calculated: null, result: 'DIFFERENT' }));
		return () => {
			isCurrent = false;
		};
	}, [request, firm]);
	return checked?.request === request ? checked.check : PENDING;
}

async function checkHash(request: ShownRequest, firm: string): Promise<HashCheck> {
	const calculated = await hashOfShown(request, firm);
	if (calculated === null) return { calculated, result: 'PARTLY_SHOWN' };
	return { calculated, result: calculated === request.requestHash ? 'EXACT' : 'DIFFERENT' };
}
