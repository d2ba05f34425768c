ALTER TABLE `week_hosts` ADD `site` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `week_hosts` ADD `region` text DEFAULT '' NOT NULL;