/** Stands where a firm's id would: its RIGHTS key proves the platform's own people and leases, its CHECKPOINT key signs the log. */
export const PLATFORM_FIRM_ID = '00000000-0000-0000-0000-000000000000';
