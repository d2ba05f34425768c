ALTER TABLE `decisions` ADD `ground` text;--> statement-breakpoint
ALTER TABLE `week_hosts` ADD `trusted` integer DEFAULT false NOT NULL;