/** Stands where a firm's id would: whose RIGHTS key the platform's own people and leases are proven under. */
export const PLATFORM = '00000000-0000-0000-0000-000000000000';
