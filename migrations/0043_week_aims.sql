CREATE TABLE `week_aims` (
	`week_host_id` text PRIMARY KEY NOT NULL,
	`week_id` text NOT NULL,
	`aims` text NOT NULL,
	`in_recap` integer DEFAULT false NOT NULL,
	`changed_at` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`week_host_id`) REFERENCES `week_hosts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action
);
