/** Used in place of a firm's id: the platform's RIGHTS key proves its own people and leases, its CHECKPOINT key signs the log. */
export const PLATFORM_FIRM_ID = '00000000-0000-0000-0000-000000000000';
