/** What an API calls those whose content is kept apart: its firms, workspaces, tenants, accounts. */
export interface Ownership {
	/** The interface of everything that belongs to one, such as `FirmOwned`. */
	readonly interface: string;
	/** Its field with the owner's id, such as `firmId`. */
	readonly id: string;
}

export const FIRM_OWNED: Ownership = Object.freeze({ interface: 'FirmOwned', id: 'firmId' });
