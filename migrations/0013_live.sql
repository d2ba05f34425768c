CREATE TABLE `live_windows` (
	`event_id` text PRIMARY KEY NOT NULL,
	`week_id` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`aside` integer DEFAULT false NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `live_windows_week` ON `live_windows` (`week_id`);--> statement-breakpoint
ALTER TABLE `drafts` ADD `pressed_at` integer;