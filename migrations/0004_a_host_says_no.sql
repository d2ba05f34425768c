ALTER TABLE `week_hosts` ADD `declined_at` integer;--> statement-breakpoint
ALTER TABLE `week_hosts` ADD `declined_words` text;